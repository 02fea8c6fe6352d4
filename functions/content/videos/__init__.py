"""Films: slots for them, what became of them, and their playlists for those who may watch."""
