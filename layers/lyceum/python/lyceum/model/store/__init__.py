"""What the store keeps: products, carts, orders, and what people do with them."""
