"""Payouts of what people are owed: where they are paid, and what is ordered, sent and asked for."""
