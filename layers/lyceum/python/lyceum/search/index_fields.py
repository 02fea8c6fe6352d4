"""A document as engines take it: words that are ready to be compared, whole values and numbers by field."""

import json
import math
from typing import Any

from lyceum.search.documents import FACETS, KINDS, MOST_TEXT, NUMBERS, key_of
from lyceum.search.filters import folded
from lyceum.search.folding import marked_words, words

TEXTS = ("title", "all", "exact", "starts")
"""Fields of words with a space between: of the title, of everything, as spelt with marks, and beginnings of titles."""
VALUES = ("key", "seen_by", *FACETS)
"""Fields of whole values, of which a document may have several."""
FLOATS = (*NUMBERS, "popularity", "weight")
SUGGESTED = frozenset(KINDS) - {"question", "help_question"}
"""Kinds whose titles are suggested while somebody types."""
LONGEST_PREFIX = 15
"""Letters by which an unfinished word is found."""
_MOST_SHOWN_TEXT = 1_500


def fields_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a document that is given as plain values.

    Texts are strings, whole values lists, numbers floats, `hidden_until` an integer; `kept` is the document itself,
    with so much of its text as is shown. A field without a value is left out.
    """
    facets, numbers = values["facets"], values["numbers"]
    language, title, text = facets.get("language"), values["title"], values["text"][:MOST_TEXT]
    in_title = words(f"{' '.join(values['codes'])} {title}", language)
    besides = f"{text} {' '.join(facets.get('tags') or ())} {facets.get('subject') or ''}"
    popularity = int(values["popularity"])
    made: dict[str, Any] = {
        "title": " ".join(in_title),
        "all": " ".join([*in_title, *words(besides, language)]),
        "exact": " ".join(marked_words(f"{title} {text}")),
        "starts": " ".join(sorted(_starts(in_title))) if values["kind"] in SUGGESTED else "",
        "key": [key_of(values["kind"], values["item_id"])],
        "seen_by": list(values["seen_by"]),
        **{name: _folded(facets.get(name)) for name in FACETS},
        **{name: float(numbers[name]) for name in NUMBERS if numbers.get(name) is not None},
        "kind": [values["kind"]],
        "popularity": float(popularity),
        "weight": 1 + 0.15 * math.log10(1 + popularity),
        "kept": json.dumps(values | {"text": text[:_MOST_SHOWN_TEXT]}, ensure_ascii=False),
    }
    return {name: value for name, value in made.items() if value not in ("", [])} | {
        "hidden_until": int(values["hidden_until"])
    }


def _folded(given: Any) -> list[str]:
    return [folded(str(each)) for each in (given if isinstance(given, (list, tuple)) else (given,)) if each]


def _starts(title: list[str]) -> set[str]:
    """Return what the words of a title begin with, so that a word that is being typed is found as it stands."""
    return {word[:length] for word in title for length in range(1, min(len(word), LONGEST_PREFIX) + 1)}
