"""Commission rules: how much of a price stays here."""
