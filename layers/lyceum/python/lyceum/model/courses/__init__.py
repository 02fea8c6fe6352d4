"""Courses of model."""
