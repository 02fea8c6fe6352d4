"""Courses of a department."""
