"""Tenants: which there are, what they are called by, and which one a host belongs to."""
