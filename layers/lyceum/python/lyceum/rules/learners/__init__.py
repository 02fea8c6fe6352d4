"""Learners: who may read about them, and the days by which they learn."""
