"""Words with placeholders that people of a tenant wrote: which placeholders there may be, and how they are filled.

A placeholder is a bare name in braces, never an expression, and what fills it is text: nothing of it is read again.
"""

import re
import string
from collections.abc import Collection, Mapping
from functools import cache

from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.messages import appearance
from lyceum.messages.catalogue import LANGUAGES, Wording, pattern

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_VALUE_CHARACTERS = 500
"""Of what fills one placeholder."""
_TITLE_CHARACTERS, _BODY_CHARACTERS = 200, 4000
OF_READER = frozenset({"firstName", "schoolName"})
"""Placeholders that any words may have."""


def of_reader(first_name: str) -> dict[str, str]:
    """Return the values of those placeholders that any words may have."""
    return {"firstName": first_name, "schoolName": appearance.current().name}


@cache
def of_kind(kind: str) -> frozenset[str]:
    """Return the placeholders that words of a kind may have: those of the product's own words, and the reader's."""
    texts = (pattern(language, f"notification.{kind}.{part}") for language in LANGUAGES for part in Wording._fields)
    return OF_READER.union(*(names_in(text) for text in texts))


def names_in(text: str) -> set[str]:
    """Return the names of a text's placeholders; raises ValueError for braces that are none."""
    names = set()
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not _NAME.fullmatch(name):
            raise ValueError("a placeholder is a name in braces; write {{ and }} for braces")
        names.add(name)
    return names


def require_valid(wording: Wording, allowed: Collection[str], field: str = "") -> None:
    """Raise ValidationFailed for words with broken braces or with a placeholder that there is not."""
    details = []
    for part, text in zip(Wording._fields, wording, strict=True):
        try:
            unknown = sorted(names_in(text) - set(allowed))
        except ValueError as error:
            details.append(Detail(f"{field}{part}", f"The words are not well formed: {error}."))
            continue
        if unknown:
            known = ", ".join(sorted(allowed))
            details.append(Detail(f"{field}{part}", f"Unknown: {', '.join(unknown)}. There are: {known}."))
    if details:
        raise ValidationFailed("These words can not be filled in.", details=details)


def fill(wording: Wording, values: Mapping[str, str]) -> Wording:
    """Fill words in, each value and the whole cut to a bounded length.

    Raises ValueError for broken words and KeyError for a value that is missing.
    """
    title, body = (_filled(text, values) for text in wording)
    return Wording(title[:_TITLE_CHARACTERS], body[:_BODY_CHARACTERS])


def _filled(text: str, values: Mapping[str, str]) -> str:
    names = names_in(text)
    return text.format_map({name: values[name][:_VALUE_CHARACTERS] for name in names})
