"""Ability by the two-parameter model, and which question comes next: for recommendations and adaptive exams."""
