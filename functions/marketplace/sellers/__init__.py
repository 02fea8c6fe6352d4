"""Sellers: profiles, figures, statements and boards."""
