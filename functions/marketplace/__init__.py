"""The marketplace: what instructors offer, who buys it, and what sellers are paid."""
