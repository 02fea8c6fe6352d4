"""Every mail in every language, as it would be looked at: nothing raw, nothing broken, and the words of before."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tools import mail_gallery

EXPECTED = Path(__file__).parent / "expected"
MAILS = [pytest.param(name, mail, id=f"{name}-{language}") for name, language, mail in mail_gallery.every_mail()]
EVERY_MAIL = pytest.mark.parametrize(("name", "mail"), MAILS)
_VOID = {"meta", "br", "img", "hr"}


class Page(HTMLParser):
    """What stands on a page, and whether each tag is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.headings = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.headings += tag == "h1"
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parts(mail: dict[str, Any]) -> tuple[str, str, str]:
    return mail["Subject"]["Data"], mail["Body"]["Text"]["Data"], mail["Body"]["Html"]["Data"]


@EVERY_MAIL
def test_a_mail_is_whole_and_has_one_heading_and_one_button_at_most(name: str, mail: dict[str, Any]) -> None:
    subject, text, html = parts(mail)
    page = Page(html)
    assert (page.open, page.headings) == ([], 1)
    buttons = [link for link in page.links if "unsubscribe" not in link]
    has_button = not name.startswith("code.") and name not in {"invitation", "guardian"}
    assert len(buttons) == int(has_button) and all(link in text for link in page.links)
    assert subject and len(subject) <= 120 and "\n" not in subject


@EVERY_MAIL
def test_a_mail_shows_nothing_raw(name: str, mail: dict[str, Any]) -> None:
    subject, text, _ = parts(mail)
    shown = subject if name in {"invitation", "guardian"} else f"{subject}\n{text}"
    assert re.findall(r"[{}]|None|\b\d+\.00\b|\b0\.0|\(UTC\)|\d{4}-\d\d-\d\d", shown) == []


@EVERY_MAIL
def test_a_mail_reads_on_narrow_and_wide_screens_in_light_and_in_dark(name: str, mail: dict[str, Any]) -> None:
    _, _, html = parts(mail)
    assert 'name="viewport" content="width=device-width' in html and "max-width: 600px" in html
    assert "prefers-color-scheme: dark" in html and 'name="color-scheme" content="light dark"' in html
    assert re.findall(r'(?<![-\w])width="?:? ?(?:3[3-9]\d|[4-9]\d\d)(?:px|")', html) == []
    assert len(html) < 102_000, "mail programs cut what is longer"


@EVERY_MAIL
def test_the_words_of_a_mail_are_those_that_were_looked_at(name: str, mail: dict[str, Any]) -> None:
    subject, text, html = parts(mail)
    language = re.findall(r'<html lang="(\w+)"', html)[0]
    expected = (EXPECTED / f"{name}.{language}.txt").read_text()
    assert f"{subject}\n\n{text}\n" == expected, "look at it with `python -m tools.mail_gallery`, then keep its text"


def test_the_frame_of_a_mail_is_the_one_that_was_looked_at() -> None:
    html = next(
        mail for name, language, mail in mail_gallery.every_mail() if (name, language) == ("assignment.due_soon", "fr")
    )
    assert parts(html)[2] == (EXPECTED / "assignment.due_soon.fr.html").read_text()
