"""Events of exams."""
