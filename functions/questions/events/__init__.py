"""Events of questions."""
