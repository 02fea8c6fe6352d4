"""Notifications: inbox and e-mail."""
