"""Formats of imports."""
