"""Workers of running the product."""
