"""Badges: data with rules over figures."""
