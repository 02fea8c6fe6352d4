"""Authoring of exams."""
