"""Products with their variants and pictures, categories and reviews."""
