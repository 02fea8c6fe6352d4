"""Orders, from the cart through payment to the door, and the way back."""
