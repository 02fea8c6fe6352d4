"""Figures of learners: what counts, the fold, mastery, and working everything out again."""
