"""Drafts of questions out of lessons, held until a blind solve and a person agree."""
