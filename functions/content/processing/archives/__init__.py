"""ZIP archives: their members, and packages that are made of them."""
