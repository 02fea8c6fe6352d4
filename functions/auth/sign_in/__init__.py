"""Sessions: begun by a sign-in, refreshed, ended; new passwords, which end them."""
