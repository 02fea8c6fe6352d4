"""Values of kit."""
