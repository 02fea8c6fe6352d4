"""What administrators change while the product runs: roles' permissions, feature flags, limits and defaults."""
