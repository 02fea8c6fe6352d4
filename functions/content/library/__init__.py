"""Library of content."""
