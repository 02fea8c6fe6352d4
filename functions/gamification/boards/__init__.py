"""Boards: standings, and ranks that are exact."""
