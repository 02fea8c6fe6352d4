"""The HTTP doors of certificates: one that signs and verifies, one that typesets."""
