"""Organisations: tenants made, shown, changed, moved and ended; their domains, API keys and bills."""
