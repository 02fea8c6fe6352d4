"""The personalization quiz: what it asks, and what it advises."""
