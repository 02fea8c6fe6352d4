"""What functions tell of their own work: calls, failures, slow storage, caches; kept in memory, sent at times."""
