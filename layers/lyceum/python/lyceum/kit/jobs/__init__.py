"""Jobs of kit."""
