"""Affiliates: links, commissions and what is paid out."""
