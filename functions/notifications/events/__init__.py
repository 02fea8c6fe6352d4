"""The workers of notifications, one module each."""
