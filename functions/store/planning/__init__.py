"""What staff plan by: demand, prices, and when to order anew."""
