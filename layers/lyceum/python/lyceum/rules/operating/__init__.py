"""What tells those who operate the product how it does, while it does."""
