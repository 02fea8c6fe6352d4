"""Orders: a checkout, what becomes of its payment, what that gives a right to, and the way back."""
