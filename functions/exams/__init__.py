"""Exam sessions: start, answers, end, score."""
