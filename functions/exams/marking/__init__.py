"""Marking of exams."""
