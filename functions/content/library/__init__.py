"""The library: items with their states, lists, and what readers do with them."""
