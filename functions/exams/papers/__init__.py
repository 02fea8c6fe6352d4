"""Papers of exams."""
