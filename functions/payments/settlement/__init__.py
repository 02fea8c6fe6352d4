"""Settling payments: what a provider says is acted upon, what was paid for is given, and all of it is booked."""
