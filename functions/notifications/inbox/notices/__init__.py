"""Who is told what, by what it is about."""
