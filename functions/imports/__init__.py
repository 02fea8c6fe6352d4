"""Bulk import of questions: files in many formats, looked at before anything is written, then written once."""
