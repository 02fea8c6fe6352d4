"""Reasons and explanations in answers, in the language of whoever asks: the first of `Accept-Language` that there is.

An answer that a content network may keep has no such words; what is asked for by a token is kept by nobody.
"""

from lyceum.kit.http import exchange
from lyceum.messages.catalogue import DEFAULT_LANGUAGE, LANGUAGES, words

_MOST_CHARACTERS = 200


def accepted(header: str) -> str | None:
    """Return the first language of a header that there are words in (RFC 9110, 12.5.4), in its order."""
    named = [each.partition(";")[0].strip().lower().partition("-")[0] for each in header[:_MOST_CHARACTERS].split(",")]
    return next((each for each in named if each in LANGUAGES), None)


def language() -> str:
    """Return the language of the request in progress; English for none, and outside of requests."""
    try:
        header = exchange.current().headers.get("accept-language", "")
    except LookupError:
        return DEFAULT_LANGUAGE
    return accepted(header) or DEFAULT_LANGUAGE


def say(key: str, **values: object) -> str:
    """Return what stands under a key in the language of the request; raises KeyError as `words` does."""
    return words(language(), key, values)


def percent(share: float) -> str:
    """Write a share from 0 to 1 as a whole percentage, without its sign."""
    return f"{100 * share:.0f}"
