"""What mentors offer, when they are there, and how students find them."""
