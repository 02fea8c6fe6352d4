"""Recommendations of courses: what people with the same courses took, what builds on them, what is liked."""
