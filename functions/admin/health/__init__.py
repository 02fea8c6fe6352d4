"""How the product's own calls went."""
