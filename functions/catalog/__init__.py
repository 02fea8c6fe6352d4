"""The catalogue: university, faculty, department and topic."""
