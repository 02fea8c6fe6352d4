"""Comparing short texts as people do: case, accents and spacing aside, with `*` for any text.

Time grows with the product of both lengths at worst, and both are bounded; no regular expression is made of what
authors or candidates write.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_ESCAPED = "\ue000"  # private use: stands for an escaped asterisk while a pattern is split


def folded(text: str, *, case_sensitive: bool, accent_sensitive: bool) -> str:
    """Return a text in the form that is compared: Unicode NFKC, without marks (Mn) where accents do not count."""
    text = unicodedata.normalize("NFKC", text)
    if not accent_sensitive:
        bare = "".join(each for each in unicodedata.normalize("NFD", text) if unicodedata.category(each) != "Mn")
        text = unicodedata.normalize("NFC", bare)
    if not case_sensitive:
        text = unicodedata.normalize("NFKC", text.casefold())
    return _SPACES.sub(" ", text)


def matches(pattern: str, text: str, *, case_sensitive: bool = False, accent_sensitive: bool = False) -> bool:
    """Say whether a text is what a pattern asks for.

    `*` stands for any text; a backslash before it makes it an asterisk.
    """
    marked = pattern.replace(_ESCAPED, "").replace("\\*", _ESCAPED)
    pieces = [
        folded(piece, case_sensitive=case_sensitive, accent_sensitive=accent_sensitive).replace(_ESCAPED, "*")
        for piece in marked.strip().split("*")
    ]
    given = folded(text.strip(), case_sensitive=case_sensitive, accent_sensitive=accent_sensitive).strip()
    if len(pieces) == 1:
        return given == pieces[0].strip()
    return _follow(pieces, given)


def _follow(pieces: list[str], text: str) -> bool:
    """Say whether the pieces stand in a text one after the other, the first at its beginning, the last at its end."""
    first, *middle, last = pieces
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True
