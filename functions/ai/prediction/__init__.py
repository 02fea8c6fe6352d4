"""Chances of success, and of dropping out, by logistic regression: trained nightly, scored with reasons."""
