"""How much is taken of a file from outside, and how the refusal of a whole file is said."""

MEBIBYTE = 1024 * 1024
INLINE_BYTES = MEBIBYTE
"""What may be sent inside the request itself."""
MOST_BYTES = 50 * MEBIBYTE
"""What may be sent to storage."""
MOST_ROWS = 50_000
MOST_TOPICS = 500
MOST_COLUMNS = 200
MOST_TEXT = 100_000
"""Characters of one cell, one line or one question in a text format."""
MOST_DEPTH = 60
"""Elements inside each other."""
MOST_PICTURES_BYTES = 100 * MEBIBYTE
"""All pictures of a file together."""
MOST_ENTRIES = 60_000
"""Files in an archive."""
MOST_UNPACKED_BYTES = 200 * MEBIBYTE
MOST_RATIO = 200
"""Times that an archive's entry may be larger unpacked than packed, once it is over a mebibyte."""


class Unreadable(Exception):
    """The file as a whole can not be read; the message is what its owner reads."""
