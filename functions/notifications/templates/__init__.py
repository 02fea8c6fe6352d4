"""The words of notifications that a tenant may change: by kind, channel and language."""
