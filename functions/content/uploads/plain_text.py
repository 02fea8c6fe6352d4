"""Markup as the words that a reader sees, for titles, excerpts, search and counting."""

import re
from html import unescape

from lyceum.kit.values.text import plain

_APART = re.compile(
    r"</?(?:p|h[1-6]|li|ul|ol|dl|dt|dd|td|th|tr|table|br|hr|div|section|article|blockquote|pre|figure|figcaption|img)"
    r"\b[^<>]{0,1000}>",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[\u3041-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Chinese and Japanese signs, which stand without spaces."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def words_of(markup: str) -> str:
    """Return the text of markup, with a space where a block begins or ends and every entity as its character."""
    return without_controls(unescape(plain(_APART.sub(lambda tag: f" {tag.group()}", markup))))


def without_controls(text: str) -> str:
    """Drop the characters that nobody sees."""
    return _CONTROL.sub("", text)


def count_words(text: str) -> int:
    """Count what is between spaces and holds a letter or a digit; in scripts without spaces each sign."""
    spaced = _SIGN.sub(" ", text)
    words = sum(1 for part in spaced.split() if any(character.isalnum() for character in part))
    return words + len(_SIGN.findall(text))
