"""Sign-in by others: identity providers of a tenant, the way there and back, and what links accounts to them."""
