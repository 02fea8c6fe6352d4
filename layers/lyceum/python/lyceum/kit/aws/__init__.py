"""Aws of kit."""
