"""What is for sale, at which price, and what coupons take off."""
