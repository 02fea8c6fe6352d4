"""Exams that are sat without a line: an encrypted pack out, a chain of answers in."""
