"""The books: receipts, the trial balance, and what providers say against it."""
