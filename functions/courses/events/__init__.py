"""Events of courses."""
