"""Marking the words that were looked for, where they stand in the original text."""

import html
from functools import lru_cache

from lyceum.search.folding import STOP_WORDS, alternatives, codes, query_words, spans

_EXCERPT = 240
_BEFORE = 60


class Marker:
    """Marks the words of one search in any text."""

    def __init__(self, text: str) -> None:
        asked = query_words(text) if text else []
        self._names = frozenset(name for word in asked for name in alternatives(word) if name not in STOP_WORDS)
        self._near = tuple(alternatives(word)[0] for word in asked if len(word) >= 4 and word.isalpha())
        self._codes = frozenset(codes(text))
        self._is_match = lru_cache(4_096)(self._matches)

    def whole(self, text: str) -> str:
        """Return a text as HTML with its matches marked."""
        return self._marked(text, self._places(text))

    def excerpt(self, text: str) -> str | None:
        """Return the part of a text that begins shortly before its first match, None when it has none."""
        places = self._places(text)
        if not places:
            return None
        start = max(0, places[0][0] - _BEFORE)
        start = 0 if start == 0 else text.find(" ", start) + 1
        end = min(len(text), start + _EXCERPT)
        inside = [(first - start, last - start) for first, last in places if start <= first and last <= end]
        marked = self._marked(text[start:end], inside)
        return f"{'… ' if start else ''}{marked}{' …' if end < len(text) else ''}".strip()

    def _places(self, text: str) -> list[tuple[int, int]]:
        if not self._names and not self._codes:
            return []
        return [(first, last) for first, last, word in spans(text) if self._is_match(word)]

    def _matches(self, word: str) -> bool:
        if any(name in self._names for name in alternatives(word)):
            return True
        if any(code.startswith(word) or code.endswith(word) for code in self._codes if len(word) > 1):
            return True
        return any(_is_near(alternatives(word)[0], each) for each in self._near)

    @staticmethod
    def _marked(text: str, places: list[tuple[int, int]]) -> str:
        pieces, done = [], 0
        for first, last in places:
            pieces += [html.escape(text[done:first]), "<mark>", html.escape(text[first:last]), "</mark>"]
            done = last
        return "".join([*pieces, html.escape(text[done:])])


def _is_near(word: str, other: str) -> bool:
    """Say whether two words differ by so few letters as the index tolerates: one from 4 letters on, two from 8."""
    most = 2 if len(other) >= 8 else 1
    if abs(len(word) - len(other)) > most:
        return False
    before, row = list(range(len(other) + 1)), list(range(len(other) + 1))
    for place, letter in enumerate(word, 1):
        earlier, before, row = before, row, [place]
        for at, given in enumerate(other, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != given))
            if place > 1 and at > 1 and letter == other[at - 2] and word[place - 2] == given:
                cost = min(cost, earlier[at - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most
