r"""From texts to the words that are indexed and asked for; both go the same way, so that they meet.

Words lose their case and marks (`Ọ̀rọ̀` becomes `oro`, and so it does in NFD), are spelt the American way and stand in
the singular. What a rule does to words that it was not made for does no harm while it does the same on both sides.
Formulas give their commands, names and powers (`\frac`, `x^2`), codes of courses one word (`MTH 101` gives `mth101`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from lyceum.kit.values.text import without_accents

_CACHED = 1 << 16
_WORD = re.compile(r"\\[a-z]+|[^\W_]+(?:[\^_](?:\{[^{}]{1,20}\}|[^\W_]+))+|[^\W_]+", re.IGNORECASE)
_CODE = re.compile(r"\b([a-z]{2,4})[ \-\u2010\u2011]?(\d{3,4}[a-z]?)\b")
_MARKED = re.compile(r"[^\W\d_][\w\u0300-\u036f]*")
_SPELLINGS = {
    "aeroplane": "airplane", "aluminium": "aluminum", "ageing": "aging", "burnt": "burned", "cheque": "check",
    "defence": "defense", "draught": "draft", "enrol": "enroll", "enrolment": "enrollment", "fulfil": "fulfill",
    "grey": "gray", "jewellery": "jewelry", "judgement": "judgment", "kerb": "curb", "learnt": "learned",
    "licence": "license", "math": "mathematic", "mould": "mold", "odour": "odor", "offence": "offense",
    "plough": "plow", "practise": "practice", "programme": "program", "pyjama": "pajama", "sceptic": "skeptic",
    "skilful": "skillful", "spelt": "spelled", "storey": "story", "tyre": "tire", "whilst": "while",
}  # fmt: skip
_SPELLING_RULES = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (r"isation", "ization"),
        (r"(?<=..)is(e|ed|ing|er)$", r"iz\1"),
        (r"ys(e|ed|ing|er)$", r"yz\1"),
        (r"(?<=..)our(?=$|ed$|ing$|ful$|less$|able$|ite$|hood$|er$)", "or"),
        (r"([tb])re$", r"\1er"),
        (r"ogue$", "og"),
        (r"(?<=....)ll(ed|ing|er|or)$", r"l\1"),
        (r"^sulph", "sulf"),
    )
)
_SHORTEST_SPELT = 5
_DIGRAPHS = re.compile(r"(?<=[a-z])(?:ae|oe)|^(?:ae|oe)(?=[a-z]{4})")
_IRREGULAR = {
    "children": "child", "men": "man", "women": "woman", "feet": "foot", "teeth": "tooth", "mice": "mouse",
    "geese": "goose", "analyses": "analysis", "bases": "base", "hypotheses": "hypothesis", "theses": "thesis",
    "matrices": "matrix", "vertices": "vertex", "indices": "index", "criteria": "criterion",
    "phenomena": "phenomenon", "bacteria": "bacterium", "nuclei": "nucleus", "radii": "radius", "fungi": "fungus",
    "leaves": "leaf", "halves": "half", "knives": "knife", "lives": "life", "wolves": "wolf", "shelves": "shelf",
    "wives": "wife", "thieves": "thief", "calves": "calf", "loaves": "loaf",
}  # fmt: skip
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "that",
        "the",
        "their",
        "there",
        "these",
        "this",
        "those",
        "to",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "au",
        "aux",
        "ce",
        "ces",
        "cette",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "est",
        "et",
        "il",
        "la",
        "le",
        "les",
        "leur",
        "un",
        "une",
        "ou",
        "que",
        "qui",
        "quel",
        "quelle",
        "sur",
    ]
)
"""Words that say nothing alone; they are asked for only where a query has no others."""


def words(text: str, language: str | None = None) -> list[str]:
    """Return the words that a document is found by, in their order.

    Args:
        text: Any text, in any normal form.
        language: BCP 47 tag of the text; it decides how plurals are undone. English where none is known, and languages
            whose plural has no ending keep their words.
    """
    found: list[str] = []
    for word in _split(text):
        found += _spelt(word, (language or "en")[:2].lower())
    return found + codes(text)


def alternatives(word: str) -> list[str]:
    """Return the words of an index that one word of a query stands for, whatever the language of either."""
    if not word.isalpha():
        return [word]
    return list(dict.fromkeys(each for language in ("en", "", "fr") for each in _spelt(word, language)))


def query_words(text: str) -> list[str]:
    """Return the words of a query, without marks and case; those that say nothing alone only where all do."""
    found = list(dict.fromkeys(_split(text)))
    return [word for word in found if word not in STOP_WORDS] or found


def codes(text: str) -> list[str]:
    """Return the codes of courses in a text, each as one word."""
    return [letters + digits for letters, digits in _CODE.findall(_plain(text))]


def marked_words(text: str) -> list[str]:
    """Return the words of a text that carry marks, with them, in NFC: by these exact spellings rank first."""
    composed = unicodedata.normalize("NFC", text).lower()
    if composed.isascii():
        return []
    return [word for word in _MARKED.findall(composed) if not word.isascii() and without_accents(word) != word]


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the words of a text with their places, without marks and case: what marks a match where it stands."""
    for found in re.finditer(r"\\[A-Za-z]+|[^\W_](?:[^\W_]|[\u0300-\u036f])*", text):
        yield found.start(), found.end(), _plain(found.group())


def _split(text: str) -> list[str]:
    found = _WORD.findall(_plain(text))
    return [word.replace("{", "").replace("}", "") for word in found] if "{" in text else found


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else without_accents(text)


@lru_cache(_CACHED)
def _spelt(word: str, language: str) -> tuple[str, ...]:
    """Return a word as it stands in the index; a power or command of a formula also gives its parts."""
    if word[0] == "\\":
        return word, word[1:]
    if "^" in word or "_" in word:
        return word, *re.split(r"[\^_]", word)
    if not word.isalpha():
        return (word,)
    return (_american(_singular(word, language)),)


def _singular(word: str, language: str) -> str:
    if language == "en":
        return _english_singular(word)
    if language == "fr":
        return _french_singular(word)
    return word


def _english_singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def _french_singular(word: str) -> str:
    if len(word) < 4:
        return word
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux"):
        return word[:-3] + "al"
    return word[:-1] if word[-1] in "sx" and not word.endswith("ss") else word


def _american(word: str) -> str:
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if len(word) < _SHORTEST_SPELT:
        return word
    word = _DIGRAPHS.sub("e", word)
    for pattern, into in _SPELLING_RULES:
        word = pattern.sub(into, word)
    return word
