"""Uploads: slots, checks and variants."""
