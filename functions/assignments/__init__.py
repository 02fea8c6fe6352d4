"""Assignments, submissions and grades."""
