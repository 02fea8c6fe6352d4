"""What students get of results, and what graders send and get, a module a subject."""
