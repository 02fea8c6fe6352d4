"""Exams of model."""
