"""The workers of analytics."""
