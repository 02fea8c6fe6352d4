"""Enrolments of courses."""
