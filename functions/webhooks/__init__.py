"""Webhooks: a tenant's own systems are told of what happens, signed, and again until they have taken it."""
