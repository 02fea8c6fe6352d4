"""Rosters of a school: its classes and who is in them, from files and from other systems (OneRoster 1.1 and 1.2)."""
