"""Grades of assignments."""
