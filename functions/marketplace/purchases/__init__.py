"""Buying an offer."""
