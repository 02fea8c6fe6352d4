"""Passages that two texts share: winnowing. Pure.

Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms for document fingerprinting", *SIGMOD*, 76-85. Texts
are compared without case, accents, spaces and punctuation. The hashes of all runs of `RUN` characters are taken, and of
each window of `WINDOW` of them the smallest is kept; so of every passage of `RUN + WINDOW - 1` characters that two
texts share at least one print is found, and of passages shorter than `RUN` none.
"""

import unicodedata
import zlib
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from lyceum.kit.frozen import frozen

RUN = 25
WINDOW = 20
GUARANTEED = RUN + WINDOW - 1
"""A shared passage of so many letters and digits is always found."""
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u00ab": "\u00bb", "\u201e": "\u201c"}
_LONGEST_QUOTE = 2000
_MOST_PLACES = 8


@frozen
class Prints:
    """The fingerprints of a text.

    Attributes:
        letters: What is compared of the text; `places`: where in the text each letter stands.
        by_hash: Where in the letters each print begins.
    """

    text: str
    letters: str
    places: tuple[int, ...]
    by_hash: Mapping[int, tuple[int, ...]]


@frozen
class Passage:
    """A passage that stands in both texts: where it begins and ends in each."""

    start: int
    end: int
    other_start: int
    other_end: int
    letters: int


def prints(text: str) -> Prints:
    """Take the fingerprints of a text."""
    letters, places = _letters(text)
    kept: dict[int, list[int]] = defaultdict(list)
    for start in _winnowed([zlib.crc32(letters[at : at + RUN].encode()) for at in range(len(letters) - RUN + 1)]):
        kept[zlib.crc32(letters[start : start + RUN].encode())].append(start)
    return Prints(text, letters, places, {value: tuple(starts) for value, starts in kept.items()})


def _letters(text: str) -> tuple[str, tuple[int, ...]]:
    letters, places = [], []
    for place, character in enumerate(text):
        for each in unicodedata.normalize("NFKD", character).lower():
            if each.isalnum():
                letters.append(each)
                places.append(place)
    return "".join(letters), tuple(places)


def _winnowed(hashes: Sequence[int]) -> list[int]:
    """Return the places of the rightmost smallest hash of each window."""
    if len(hashes) < WINDOW:
        return [min(range(len(hashes)), key=lambda at: hashes[at])] if hashes else []
    waiting: deque[int] = deque()
    found: list[int] = []
    for at, value in enumerate(hashes):
        while waiting and hashes[waiting[-1]] >= value:
            waiting.pop()
        waiting.append(at)
        if waiting[0] <= at - WINDOW:
            waiting.popleft()
        if at >= WINDOW - 1 and (not found or found[-1] != waiting[0]):
            found.append(waiting[0])
    return found


def shared(one: Prints, other: Prints, without: Iterable[Prints] = ()) -> list[Passage]:
    """Return the passages of both texts, each as long as it goes, in the order of the first.

    Passages that stand in one of `without` too, such as what the task itself says, are left out.
    """
    common = sorted(
        (start, at)
        for value, starts in one.by_hash.items()
        if value in other.by_hash
        for start in starts[:_MOST_PLACES]
        for at in other.by_hash[value][:_MOST_PLACES]
        if one.letters[start : start + RUN] == other.letters[at : at + RUN]
    )
    known = [each.letters for each in without]
    found: list[Passage] = []
    reached = 0
    for start, at in common:
        if start < reached:
            continue
        left, right, left_at = _widened(one.letters, other.letters, start, at, reached)
        reached = right
        if not any(one.letters[left:right] in letters for letters in known):
            found.append(_passage(one, other, left, right, left_at))
    return found


def _widened(one: str, other: str, start: int, at: int, reached: int) -> tuple[int, int, int]:
    """Follow a common run to both sides; returns where it begins and ends in the first, and begins in the second."""
    left, left_at = start, at
    while left > reached and left_at > 0 and one[left - 1] == other[left_at - 1]:
        left, left_at = left - 1, left_at - 1
    right, right_at = start + RUN, at + RUN
    while right < len(one) and right_at < len(other) and one[right] == other[right_at]:
        right, right_at = right + 1, right_at + 1
    return left, right, left_at


def _passage(one: Prints, other: Prints, left: int, right: int, left_at: int) -> Passage:
    right_at = left_at + right - left
    return Passage(
        one.places[left], one.places[right - 1] + 1, other.places[left_at], other.places[right_at - 1] + 1, right - left
    )


def without_quotations(text: str) -> str:
    """Return a text with what stands between quotation marks blanked, so that every other place stays where it is."""
    kept = list(text)
    at = 0
    while at < len(text):
        closing = _QUOTES.get(text[at])
        end = text.find(closing, at + 1, at + _LONGEST_QUOTE) if closing else -1
        if end > 0:
            kept[at : end + 1] = " " * (end + 1 - at)
            at = end
        at += 1
    return "".join(kept)


def covered(passages: Sequence[Passage], whole: Prints) -> float:
    """Return the share of a text's letters that lie in passages, from 0 to 1."""
    if not whole.letters:
        return 0.0
    taken: set[int] = set()
    for each in passages:
        first, last = bisect_left(whole.places, each.start), bisect_left(whole.places, each.end)
        taken.update(range(first, last))
    return len(taken) / len(whole.letters)
