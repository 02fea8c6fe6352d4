"""Recordings of sessions: consent, the slot of the file, links, and their end."""
