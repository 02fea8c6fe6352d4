"""Statistics of exams."""
