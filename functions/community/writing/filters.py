"""The filter of spam and abuse: rules that say why, over limits and word lists that are data (`filter_rules.json`).

What a rule refuses never gets in, and the refusal names the rule. What a rule holds is stored, and nobody but its
author and moderators sees it until one of them has looked; the author is told which rule held it.
"""

import html
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from lyceum.kit.errors import Detail, RuleViolation
from lyceum.kit.values.text import fingerprint, normalise, plain, without_accents
from lyceum.model.community.questions import Poster

Place = Literal["post", "chat"]
_PRINTS = 30
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}|(?<![\d.,])\+?\d(?:[\s-]?\d){9,13}(?![\d.,])")
"""An e-mail address, or what looks like a phone number: ten digits or more in one go."""
_LATEX = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]|\$\$.*?\$\$", re.DOTALL)


class Finding(NamedTuple):
    """A rule that spoke up: its name, a sentence for the author, and whether it refuses or holds."""

    rule: str
    message: str
    is_refusal: bool


def admit(place: Place, text: str, poster: Poster, now: datetime, *, is_trusted: bool = False) -> list[dict[str, str]]:
    """Let a text in, note it on its poster, and return why it is held: nothing when it is not.

    Staff are trusted: nothing of theirs is held. Raises RuleViolation with every rule that refuses it.
    """
    found = list(_findings(place, text, poster, now))
    refused = [each for each in found if each.is_refusal]
    if refused:
        details = [Detail("text", each.message, each.rule) for each in refused]
        raise RuleViolation(refused[0].message, details=details)
    poster.prints = [*poster.prints, [place, fingerprint(text), int(now.timestamp())]][-_PRINTS:]
    return [] if is_trusted else [{"rule": each.rule, "message": each.message} for each in found]


def _findings(place: Place, text: str, poster: Poster, now: datetime) -> Iterator[Finding]:
    limits = rules()[place]
    words = _LATEX.sub(" ", html.unescape(plain(text)))
    yield from _links(limits, text)
    yield from _repetition(limits, place, text, poster, now)
    yield from _rate(limits, place, poster, now)
    if "shouting" in limits:
        yield from _shouting(limits["shouting"], words)
    if "contact" in limits and _CONTACT.search(words):
        yield Finding("CONTACT_DETAILS", "It holds an e-mail address or a phone number.", is_refusal=False)
    if limits.get("words"):
        yield from _listed_words(words)


def _links(limits: dict[str, Any], text: str) -> Iterator[Finding]:
    count, bounds = len(_LINK.findall(text)), limits["links"]
    if count >= bounds["refuse"]:
        yield Finding("TOO_MANY_LINKS", f"It has {count} links; {bounds['refuse']} are too many.", is_refusal=True)
    elif count >= bounds.get("hold", count + 1):
        yield Finding("MANY_LINKS", f"It has {count} links.", is_refusal=False)


def _repetition(limits: dict[str, Any], place: Place, text: str, poster: Poster, now: datetime) -> Iterator[Finding]:
    """Speak up when a text comes again; short ones, such as thanks, may."""
    bounds, print_of_text = limits["repetition"], fingerprint(text)
    times = sum(each == print_of_text for each in _lately(bounds, place, poster, now)) + 1
    if times >= bounds["refuse"] and len(text) >= bounds["letters"]:
        yield Finding("REPEATED_TEXT", "You wrote the same a short while ago.", is_refusal=True)


def _rate(limits: dict[str, Any], place: Place, poster: Poster, now: datetime) -> Iterator[Finding]:
    bounds = limits["rate"]
    if len(_lately(bounds, place, poster, now)) >= bounds["refuse"]:
        yield Finding(
            "WRITING_TOO_FAST", f"You wrote much in {bounds['minutes']} minutes. Take a rest.", is_refusal=True
        )


def _lately(bounds: dict[str, Any], place: Place, poster: Poster, now: datetime) -> list[str]:
    since = (now - timedelta(minutes=bounds["minutes"])).timestamp()
    return [str(each[1]) for each in poster.prints if each[0] == place and each[2] > since]


def _shouting(bounds: dict[str, Any], words: str) -> Iterator[Finding]:
    letters = [character for character in words if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    if len(letters) >= bounds["letters"] and capitals * 100 >= bounds["percent"] * len(letters):
        yield Finding("SHOUTING", "It is nearly all in capital letters.", is_refusal=False)


def _listed_words(words: str) -> Iterator[Finding]:
    for about, pattern in _patterns().items():
        found = pattern.search(without_accents(words))
        if found:
            yield Finding(f"WORDS_{about.upper()}", f"It says “{found.group()}”.", is_refusal=False)


@cache
def rules() -> dict[str, Any]:
    """Return the limits by place, and the word lists by language."""
    read: dict[str, Any] = json.loads(files("functions.community.writing").joinpath("filter_rules.json").read_text())
    return read


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return for each kind of words what finds one of any language, as whole words and without accents."""
    by_kind: dict[str, list[str]] = {}
    for lists in rules()["words"].values():
        for about, phrases in lists.items():
            by_kind.setdefault(about, []).extend(without_accents(normalise(each)) for each in phrases)
    return {
        about: re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")
        for about, phrases in by_kind.items()
    }
