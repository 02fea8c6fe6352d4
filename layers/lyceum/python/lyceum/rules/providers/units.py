"""Amounts as providers write them, and back to minor units of ISO 4217."""

from decimal import Decimal

from lyceum.kit.values.money import Money
from lyceum.rules.providers.port import ProviderRefused


def hundredths(amount: int, currency: str) -> int:
    """Return an amount in hundredths of the major unit, as Paystack writes every currency.

    Raises ProviderRefused for an amount that has no such number, such as 1.235 KWD.
    """
    try:
        return _whole(Money(amount=amount, currency=currency).decimal * 100)
    except ValueError:
        raise ProviderRefused("amount_has_no_hundredths") from None


def writable(amount: int, currency: str) -> int:
    """Return the most of an amount that every provider can write: whole hundredths of the major unit."""
    in_a_hundredth = max(1, int(Decimal("0.01") / Money(amount=1, currency=currency).decimal))
    return amount - amount % in_a_hundredth


def from_hundredths(written: int, currency: str) -> int:
    """Return minor units of an amount in hundredths of the major unit."""
    return from_decimal(Decimal(written) / 100, currency)


def from_decimal(written: Decimal | int | str, currency: str) -> int:
    """Return minor units of an amount in major units; raises ValueError where the currency has none so small."""
    one = Money(amount=1, currency=currency).decimal
    return _whole(Decimal(written) / one)


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise ValueError(f"{value} is no whole number of units")
    return int(value)
