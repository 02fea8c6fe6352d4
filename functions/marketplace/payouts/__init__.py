"""Payouts of sellers: what they are owed is set aside; `lyceum.rules.payouts` sends it."""
