"""What people are about to order, and what they want to find again."""
