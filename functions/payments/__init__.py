"""Payments: plans, orders, subscriptions, vouchers, affiliates, and the books of all of it.

Rooms, upper to lower: `http`, `events`, `jobs` | `subscriptions`, `books`, `vouchers` | `orders` |
`settlement` | `affiliates`, `offers`.
"""
