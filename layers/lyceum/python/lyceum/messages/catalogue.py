"""The words of everything that people read, by key, in each language that there is a gettext catalogue of.

Each language is a folder of `locales`; to add one is to add its catalogue. People edit `messages.po`; `make catalogues`
compiles it into `messages.mo`, which is read at run time. In the words, `{name}` stands for a value.
"""

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, WithJsonSchema

from lyceum.messages import appearance

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = tuple(sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir()))
DEFAULT_LANGUAGE = "en"
_OWN_NAME = "Lyceum"
_SENDER_CHARACTERS = 20
"""Of a tenant's name in a text message, so that the code is never what is cut off."""
CodePurpose = Literal["verify", "reset", "sign_in", "second_step", "change_email", "change_phone"]


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"the languages are {', '.join(LANGUAGES)}")
    return language


Language = Annotated[str, AfterValidator(_known), WithJsonSchema({"enum": list(LANGUAGES), "type": "string"})]
"""A language that there are words in, as callers may choose it."""


class Wording(NamedTuple):
    """What a notification says."""

    title: str
    body: str


class Phrase(NamedTuple):
    """A value that is words itself: the key that they stand under."""

    key: str


def language_of(wanted: str | None) -> str:
    """Return a language that there are words in: the one that is wanted, English when it is another."""
    return wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE


def words(language: str | None, key: str, values: Mapping[str, object] | None = None) -> str:
    """Return what stands under a key, in a language or else in English, with the values filled in.

    Raises KeyError for a key that has no words, and for a value that they ask for and that is not given.
    """
    return _catalogue(language_of(language)).gettext(key).format_map({} if values is None else values)


def pattern(language: str | None, key: str) -> str:
    """Return what stands under a key with its placeholders as they are; raises KeyError for a key without words."""
    return _catalogue(language_of(language)).gettext(key)


def notification(kind: str, language: str | None, values: Mapping[str, str]) -> Wording:
    """Return what a notification of a kind says."""
    title, body = (words(language, f"notification.{kind}.{part}", values) for part in Wording._fields)
    return Wording(title, body)


def code_text(language: str | None, purpose: CodePurpose, code: str) -> str:
    """Return a text message with a one-time code, short enough for one part."""
    name = appearance.current().name
    sender = name if name.isascii() and len(name) <= _SENDER_CHARACTERS else _OWN_NAME
    return f"{sender}: {words(language, f'code.{purpose}.body', {'code': code})}"


class _NoWords(gettext.NullTranslations):
    """What a catalogue asks about a key that it lacks."""

    def gettext(self, message: str) -> str:
        raise KeyError(f"there are no words for {message}")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Return the compiled catalogue of a language; it raises KeyError for a key that it lacks."""
    catalogue = gettext.translation("messages", LOCALES, [language])
    catalogue.add_fallback(_NoWords())
    return catalogue
