"""Events of content."""
