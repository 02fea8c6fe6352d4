"""What follows from events: deliveries, and their attempts."""
