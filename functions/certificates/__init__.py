"""Certificates: of completed courses and passed exams, as documents that anybody can verify without asking us."""
