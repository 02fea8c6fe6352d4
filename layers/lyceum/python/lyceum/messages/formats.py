"""Amounts, numbers and dates as readers of a language write them. Babel is loaded by the first that is written."""

from datetime import date, datetime
from decimal import Decimal

from lyceum.kit.frozen import frozen
from lyceum.kit.values import time_zones
from lyceum.kit.values.money import Money
from lyceum.messages.catalogue import language_of


@frozen
class Percent:
    """A share of a hundred, to be written with its sign."""

    value: Decimal


Value = str | int | Decimal | Percent | Money | datetime | date
"""What words can be filled with."""


def written(value: Value, zone_name: str, language: str | None) -> str:
    """Write a value as its reader does: by the clocks of a zone, with the separators of a language; a text stays."""
    match value:
        case str():
            return value
        case Money():
            return money(value, language)
        case Percent():
            return percent(value.value, language)
        case datetime():
            return moment(value, zone_name, language)
        case date():
            return day(value, language)
        case _:
            return number(value, language)


def money(amount: Money, language: str | None) -> str:
    """Write an amount with all digits that it has, such as `€19.99`, or `19,99 €` in French."""
    from babel.numbers import format_currency

    language = language_of(language)
    return format_currency(amount.decimal, amount.currency, locale=language, decimal_quantization=False)


def number(value: Decimal | int, language: str | None) -> str:
    """Write a number with its separators and all digits that say something: 7.50 is 7.5, and 0.00 is 0."""
    from babel.numbers import format_decimal

    return format_decimal(_short(value), locale=language_of(language), decimal_quantization=False)


def percent(value: Decimal, language: str | None) -> str:
    """Write a share of a hundred with its sign, such as `75%`, or `75 %` in French."""
    from babel.numbers import format_percent

    return format_percent(_short(value) / 100, locale=language_of(language), decimal_quantization=False)


def _short(value: Decimal | int) -> Decimal:
    """Return a number without the zeros that end its fraction."""
    digits = f"{Decimal(value):f}"
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)


def day(value: date, language: str | None) -> str:
    """Write a date in words, such as `January 11, 2027`."""
    from babel.dates import format_date

    return format_date(value, "long", locale=language_of(language))


def moment(value: datetime, zone_name: str, language: str | None) -> str:
    """Write a moment by the clocks of a time zone and name the zone; one that does not exist counts as UTC."""
    from babel.dates import format_time

    zone = time_zones.zone(zone_name)
    time = format_time(value, "short", tzinfo=zone, locale=language_of(language))
    return f"{day(value.astimezone(zone).date(), language)}, {time} ({zone.key})"
