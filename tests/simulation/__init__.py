"""Many at once and for long: students of a term, a crowd that thinks between requests, ten thousand calls."""
