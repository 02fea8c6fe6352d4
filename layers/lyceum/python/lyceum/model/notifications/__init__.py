"""Notifications of model."""
