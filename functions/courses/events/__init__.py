"""Workers of courses."""
