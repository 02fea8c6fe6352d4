"""What callers send and get of courses, a module a subject."""
