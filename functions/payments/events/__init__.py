"""The workers of payments."""
