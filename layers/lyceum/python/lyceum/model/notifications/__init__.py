"""What the domain of notifications stores."""
