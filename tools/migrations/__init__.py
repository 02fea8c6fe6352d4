"""Changes of stored data, as numbered steps there and back: `make migrate STAGE=... [TO=...] [DRY=1]`."""
