"""Proctoring of exams."""
