"""Slots for files that people send: for which purpose, how much, and how; the content pipeline does the rest."""
