"""Uploads of content."""
