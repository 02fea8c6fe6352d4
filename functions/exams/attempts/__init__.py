"""Attempts of exams."""
