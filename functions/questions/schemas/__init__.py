"""What callers of the question bank send and get, a module a subject; keys stand in schemas of their own."""
