"""Demonstration data: a university tree, a user of each role, a question bank and one running exam."""
