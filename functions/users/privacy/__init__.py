"""What people decide about their own data, and what is done for it."""
