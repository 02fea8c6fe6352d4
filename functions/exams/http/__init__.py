"""Http of exams."""
