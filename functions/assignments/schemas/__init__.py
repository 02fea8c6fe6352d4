"""What callers send and get of assignments and submissions, a module a subject."""
