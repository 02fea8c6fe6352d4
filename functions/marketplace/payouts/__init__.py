"""Payouts: ordered once, sent once, and asked for until their end is known."""
