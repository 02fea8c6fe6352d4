"""Amounts, numbers and dates as readers of each language write them."""

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lyceum.kit.values.money import Money
from lyceum.messages import formats


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (199900, "EUR", "en", "€1,999.00"),
        (199900, "EUR", "fr", "1\u202f999,00\xa0€"),
        (1500, "JPY", "en", "¥1,500"),
        (1234, "KWD", "en", "KWD\xa01.234"),
        (-250, "USD", "en", "-$2.50"),
        (250, "USD", "pt", "$2.50"),
    ],
)
def test_an_amount_is_written_with_the_places_of_its_currency(
    amount: int, currency: str, language: str, written: str
) -> None:
    shown = formats.money(Money(amount=amount, currency=currency), language)
    assert shown.replace("KWD\xa0", "KWD") == written.replace("KWD\xa0", "KWD")


def test_a_number_keeps_all_its_digits() -> None:
    assert formats.number(Decimal("1234.5675"), "en") == "1,234.5675"
    assert formats.number(1234567, "fr") == "1\u202f234\u202f567"


@pytest.mark.parametrize(
    ("value", "written"), [("0.00", "0"), ("7.50", "7.5"), ("100", "100"), ("1200.00", "1,200"), ("0E+2", "0")]
)
def test_a_number_is_written_without_digits_that_say_nothing(value: str, written: str) -> None:
    assert formats.number(Decimal(value), "en") == written


@pytest.mark.parametrize(("language", "written"), [("en", "66.67%"), ("fr", "66,67\u202f%")])
def test_a_share_of_a_hundred_has_its_sign(language: str, written: str) -> None:
    assert formats.percent(Decimal("66.67"), language).replace("\xa0", "\u202f") == written


def test_a_date_is_written_in_words() -> None:
    assert formats.day(date(2027, 1, 11), "en") == "January 11, 2027"
    assert formats.day(date(2027, 1, 11), "fr") == "11 janvier 2027"


@pytest.mark.parametrize(
    ("zone", "language", "written"),
    [
        ("Africa/Lagos", "fr", "12 janvier 2027, 00:30 (Africa/Lagos)"),
        ("Atlantis/Sea", "fr", "11 janvier 2027, 23:30 (UTC)"),
        ("UTC", "en", "January 11, 2027, 11:30\u202fPM (UTC)"),
    ],
)
def test_a_moment_is_written_by_the_readers_clock(zone: str, language: str, written: str) -> None:
    assert formats.moment(datetime(2027, 1, 11, 23, 30, tzinfo=UTC), zone, language) == written


def test_babel_and_templates_are_loaded_only_by_what_is_written() -> None:
    paths = f"import sys; sys.path[:0] = {[path for path in sys.path if path]!r}"
    load = "import lyceum.messages.formats, lyceum.messages.mails"
    tell = "print({'babel', 'jinja2'} & set(sys.modules))"
    command = [sys.executable, "-c", f"{paths}; {load}; {tell}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "set()"
