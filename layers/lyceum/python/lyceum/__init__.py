"""The kit that every Lyceum function shares: HTTP, identity, storage, events and small values."""
