"""What the store, payments and the marketplace share of selling."""
