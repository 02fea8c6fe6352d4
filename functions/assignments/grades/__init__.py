"""Grades: giving them, what they come to, reports and gradebooks."""
