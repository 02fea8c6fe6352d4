"""Formats of question files, each read into drafts."""
