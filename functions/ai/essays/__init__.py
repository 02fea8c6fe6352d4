"""Drafts of grades for essays, with evidence, which teachers confirm."""
