"""Subscriptions: begun, shown, changed and ended by their owners, and renewed on time."""
