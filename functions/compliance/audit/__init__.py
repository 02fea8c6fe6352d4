"""The audit trail: read by filters, linked into a chain, and verified."""
