"""Campaigns: one message to a segment of a tenant's people, at a bounded pace, to each of them once."""
