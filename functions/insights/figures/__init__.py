"""Figures folded from events: money by day, product, country and cohort, and how far users come."""
