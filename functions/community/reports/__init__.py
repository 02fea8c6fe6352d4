"""Reports and what becomes of them."""
