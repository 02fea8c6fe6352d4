"""What is stored about the product's own running."""
