"""xAPI 1.0.3: statements from content in, and out to learning record stores."""
