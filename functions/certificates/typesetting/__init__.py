"""Certificates as documents that people keep: PDF, badges that carry the signed document, and a transcript."""
