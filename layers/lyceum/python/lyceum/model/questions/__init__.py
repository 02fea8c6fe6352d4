"""What the question bank stores."""
