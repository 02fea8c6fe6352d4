"""What the checks found, and what the public is told."""
