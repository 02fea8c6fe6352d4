"""Sign in of auth."""
