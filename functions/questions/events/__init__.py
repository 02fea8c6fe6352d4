"""What the question bank learns from events."""
