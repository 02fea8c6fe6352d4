"""Double entry: how money is booked, by every domain that moves some, and how the books are read."""
