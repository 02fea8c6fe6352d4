"""The words of each language: all of them there, asking for the same values, and compiled."""

import gettext
import string
from pathlib import Path
from typing import get_args

import pytest

from lyceum.messages import catalogue
from lyceum.messages.catalogue import DEFAULT_LANGUAGE, LANGUAGES, LOCALES, CodePurpose
from tools import compile_catalogues

from functions.notifications.kinds import KINDS

EVERY_SOURCE = pytest.mark.parametrize("source", compile_catalogues.sources(), ids=lambda path: path.parents[1].name)
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def entries(source: Path) -> dict[str, str]:
    """Return the words of a catalogue as people edit it, by key."""
    return {message.id: message.string for message in compile_catalogues.read(source) if message.id}


def values(text: str) -> set[str]:
    """Return the names of the values that words ask for."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_each_language_has_a_catalogue_and_english_is_among_them() -> None:
    assert [source.parents[1].name for source in compile_catalogues.sources()] == list(LANGUAGES)
    assert DEFAULT_LANGUAGE in LANGUAGES


@EVERY_SOURCE
def test_what_is_read_at_run_time_is_what_people_edited(source: Path) -> None:
    with source.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {key: compiled.gettext(key) for key in entries(source)} == entries(source), "run `make catalogues`"
    assert set(compiled._catalog) - {""} == set(entries(source)), "run `make catalogues`"  # type: ignore[attr-defined]


@EVERY_SOURCE
def test_every_language_has_the_same_keys_with_words_that_are_done(source: Path) -> None:
    english = entries(LOCALES / DEFAULT_LANGUAGE / "LC_MESSAGES" / "messages.po")
    assert set(entries(source)) == set(english)
    assert [message.id for message in compile_catalogues.read(source) if not message.string or message.fuzzy] == []


@EVERY_SOURCE
def test_every_language_asks_for_the_same_values(source: Path) -> None:
    english = entries(LOCALES / DEFAULT_LANGUAGE / "LC_MESSAGES" / "messages.po")
    differing = [key for key, text in entries(source).items() if values(text) != values(english[key])]
    assert differing == []


@EVERY_LANGUAGE
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_notification_has_words_in_every_language(kind: str, language: str) -> None:
    asked = catalogue.notification(kind, language, Echo())
    assert asked.title and asked.body


@EVERY_LANGUAGE
@pytest.mark.parametrize("purpose", get_args(CodePurpose))
def test_every_code_has_words_in_every_language_and_fits_one_text(purpose: CodePurpose, language: str) -> None:
    assert catalogue.words(language, f"code.{purpose}.subject")
    text = catalogue.code_text(language, purpose, "123456")
    assert "123456" in text and len(text) <= 160


def test_no_words_are_left_of_a_kind_that_is_gone() -> None:
    english = entries(LOCALES / DEFAULT_LANGUAGE / "LC_MESSAGES" / "messages.po")
    kinds = {key.removeprefix("notification.").rpartition(".")[0] for key in english if key.startswith("notification.")}
    assert kinds == set(KINDS)


@pytest.mark.parametrize("language", ["pt", "", None])
def test_who_reads_another_language_reads_english(language: str | None) -> None:
    assert catalogue.language_of(language) == "en"
    assert catalogue.words(language, "mail.greeting", {"name": "Ada"}) == "Hello Ada,"


def test_what_people_wrote_is_no_placeholder() -> None:
    written = catalogue.notification(
        "question.rejected", "fr", {"topic": "{t}", "reason": "deux {réponses} sont justes"}
    )
    assert written.body == "Un modérateur a écrit : deux {réponses} sont justes"


def test_a_key_without_words_and_a_missing_value_are_errors() -> None:
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        catalogue.words("en", "no.such.key")
    with pytest.raises(KeyError, match="name"):
        catalogue.words("en", "mail.greeting")


class Echo(dict[str, str]):
    """Any value that words may ask for."""

    def __missing__(self, name: str) -> str:
        return name
