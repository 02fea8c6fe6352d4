"""Measurements: what a cold start, a request and a draw cost."""
