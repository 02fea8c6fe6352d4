"""What content stores: uploads, and the library that is made of them."""
