"""Money: the ledger, and what is bought, renewed, refunded, redeemed and owed."""
