"""Sync: what devices did without a line, what changed meanwhile, and several requests in one round trip."""
