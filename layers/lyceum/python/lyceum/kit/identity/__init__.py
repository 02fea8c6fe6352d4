"""Identity of kit."""
