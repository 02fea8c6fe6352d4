"""Consumers of kit."""
