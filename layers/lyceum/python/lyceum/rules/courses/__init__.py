"""Rules about courses that several domains need: who is in them, what they consist of, when work is due."""
