"""Lessons: their order, their content and files."""
