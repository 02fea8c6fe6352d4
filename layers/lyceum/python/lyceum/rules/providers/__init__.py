"""Payment providers behind one port: what is asked of them, and what they tell."""
