"""Amounts, numbers and dates as readers of a language write them. Babel is loaded by the first that is written."""

from datetime import date, datetime
from decimal import Decimal

from lyceum.kit.values import time_zones
from lyceum.kit.values.money import Money
from lyceum.messages.catalogue import language_of


def money(amount: Money, language: str | None) -> str:
    """Write an amount with all digits that it has, such as `€19.99`, or `19,99 €` in French."""
    from babel.numbers import format_currency

    language = language_of(language)
    return format_currency(amount.decimal, amount.currency, locale=language, decimal_quantization=False)


def number(value: Decimal | int, language: str | None) -> str:
    """Write a number with its separators and all digits that it has."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=language_of(language), decimal_quantization=False)


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
