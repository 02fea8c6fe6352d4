"""Calls to addresses that people give, and to nothing inside."""
