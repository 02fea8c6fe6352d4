"""Adaptive exams: which question comes next, and the paper that grows by it."""
