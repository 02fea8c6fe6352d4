"""The store: products and categories, carts, orders, favourites, and what its staff plan by.

Rooms, upper to lower: `http`, `events`, `jobs` | `planning`, `activities` | `orders` | `carts` | `catalogue`.
"""
