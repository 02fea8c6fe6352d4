"""QTI 2.1, 2.2 and 3.0: packages, their items, and what the items' own scoring says is right."""
