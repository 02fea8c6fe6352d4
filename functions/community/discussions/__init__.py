"""Discussions on questions of the bank."""
