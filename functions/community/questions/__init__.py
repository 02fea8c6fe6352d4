"""Help questions and their answers."""
