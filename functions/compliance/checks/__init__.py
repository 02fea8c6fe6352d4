"""Whether counters and indexes say what the items say that they follow from."""
