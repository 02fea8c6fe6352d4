"""Processing of content."""
