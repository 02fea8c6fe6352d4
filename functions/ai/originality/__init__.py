"""Passages that a text shares with others."""
