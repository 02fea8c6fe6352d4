"""What the marketplace stores: offers and their reviews, sellers, sales and payouts."""
