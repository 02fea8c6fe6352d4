"""How long what was removed is kept; the bucket's lifecycle rules keep the same times."""

from datetime import timedelta

RETENTION = timedelta(days=30)
"""Files of removed items stay under `retired/` for this long, and so do the items' records."""
