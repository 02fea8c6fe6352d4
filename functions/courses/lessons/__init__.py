"""Lessons of courses."""
