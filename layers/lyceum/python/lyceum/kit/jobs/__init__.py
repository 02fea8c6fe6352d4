"""Work at certain times, in every tenant."""
