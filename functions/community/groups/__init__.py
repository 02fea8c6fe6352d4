"""Study groups."""
