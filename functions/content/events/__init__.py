"""Workers of content."""
