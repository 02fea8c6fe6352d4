"""Exams over HTTP, a module for each function: they differ in what their roles may read."""
