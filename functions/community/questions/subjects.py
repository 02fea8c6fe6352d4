"""Subjects as they are compared: without case, accents and superfluous spaces."""

from collections.abc import Sequence

from lyceum.kit.values.text import without_accents

_MOST_CHARACTERS = 80


def key_of(subject: str) -> str:
    """Return the one form of a subject."""
    return without_accents(subject)[:_MOST_CHARACTERS]


def covers(expertise: Sequence[str], subject_key: str) -> bool:
    """Say whether somebody's fields hold a subject: the same, or one whose words are among the other's."""
    words = set(subject_key.split())
    return any(words <= set(field.split()) or set(field.split()) <= words for field in expertise if field)
