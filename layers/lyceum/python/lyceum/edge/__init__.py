"""The content network before the API: which of its copies a change of stored items makes stale."""
