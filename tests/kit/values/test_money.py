"""Amounts are whole minor units: nothing is lost when they are added, split and shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lyceum.kit.values.countries import Country
from lyceum.kit.values.money import Currency, Money

AMOUNTS = st.integers(-(10**12), 10**12)
CURRENCIES = st.sampled_from(["USD", "NGN", "XOF", "KWD"])


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "decimal"),
    [
        (1999, "USD", "19.99 USD", "19.99"),
        (5, "USD", "0.05 USD", "0.05"),
        (-5, "USD", "-0.05 USD", "-0.05"),
        (0, "USD", "0.00 USD", "0.00"),
        (-1, "XOF", "-1 XOF", "-1"),
        (1500, "XOF", "1500 XOF", "1500"),
        (1005, "KWD", "1.005 KWD", "1.005"),
        (-100, "NGN", "-1.00 NGN", "-1.00"),
    ],
)
def test_an_amount_is_shown_in_its_currencys_places(amount: int, currency: str, shown: str, decimal: str) -> None:
    money = Money(amount=amount, currency=currency)
    assert str(money) == shown
    assert str(money.decimal) == decimal


@given(AMOUNTS, AMOUNTS, CURRENCIES)
def test_sums_are_exact_and_keep_the_currency(one: int, other: int, currency: str) -> None:
    together = Money(amount=one, currency=currency) + Money(amount=other, currency=currency)
    assert together == Money(amount=one + other, currency=currency)


def test_two_currencies_are_not_added() -> None:
    with pytest.raises(ValueError, match=r"^can not add XOF to USD$"):
        Money(amount=1, currency="USD") + Money(amount=1, currency="XOF")


@given(AMOUNTS, st.integers(1, 40), CURRENCIES)
def test_parts_make_the_whole_and_differ_by_a_unit_at_most(amount: int, parts: int, currency: str) -> None:
    shares = Money(amount=amount, currency=currency).split(parts)
    amounts = [share.amount for share in shares]
    assert len(shares) == parts and sum(amounts) == amount
    assert max(amounts) - min(amounts) <= 1
    assert amounts == sorted(amounts, reverse=True)
    assert {share.currency for share in shares} == {currency}


@pytest.mark.parametrize("parts", [0, -1])
def test_nothing_is_split_into_no_parts(parts: int) -> None:
    with pytest.raises(ValueError, match=r"^an amount is split into one part at least$"):
        Money(amount=1, currency="USD").split(parts)


def test_one_part_is_the_whole() -> None:
    assert Money(amount=7, currency="USD").split(1) == [Money(amount=7, currency="USD")]


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "U5D", ""])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(ValidationError):
        Money(amount=1, currency=currency)


def test_what_is_shown_is_what_is_meant() -> None:
    assert Money(amount=123, currency="USD").decimal == Decimal("1.23")


@pytest.mark.parametrize("code", ["NGN", "XOF", "KWD", "ZWG"])
def test_a_currency_is_one_that_there_is(code: str) -> None:
    assert TypeAdapter(Currency).validate_python(code) == code


@pytest.mark.parametrize("code", ["XYZ", "XXX", "XTS", "XAU", "ZZZ"])
def test_no_other_letters_are_a_currency(code: str) -> None:
    with pytest.raises(ValidationError, match=r"this is no currency of ISO 4217, such as NGN"):
        TypeAdapter(Currency).validate_python(code)


@pytest.mark.parametrize("code", ["usd", "US", ""])
def test_a_currency_is_written_in_three_capitals(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Currency).validate_python(code)


@pytest.mark.parametrize("code", ["ZZ", "XX", "UK", "ng", "NGA", ""])
def test_a_country_is_one_that_there_is(code: str) -> None:
    assert TypeAdapter(Country).validate_python("NG") == "NG"
    with pytest.raises(ValidationError):
        TypeAdapter(Country).validate_python(code)
