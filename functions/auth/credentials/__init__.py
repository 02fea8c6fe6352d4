"""Credentials of auth."""
