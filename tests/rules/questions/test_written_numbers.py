"""Numbers are read as people write them, or refused with words: never half read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lyceum.rules.questions.responses import ResponseFields
from lyceum.rules.questions.values import Number

NUMBERS: TypeAdapter[Decimal] = TypeAdapter(Number)
ARABIC = str.maketrans("0123456789.", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u066b")


@pytest.mark.parametrize(("text", "value"), [
    ("3.14", "3.14"), ("3,14", "3.14"), ("0,125", "0.125"), (",5", "0.5"), ("\u22125", "-5"), ("\u20131,5", "-1.5"),
    ("1 234,5", "1234.5"), ("1\u202f234.5", "1234.5"), ("1\u00a0234\u00a0567", "1234567"), ("1.234,5", "1234.5"),
    ("1,234.5", "1234.5"), ("1,234,567", "1234567"), ("1.234.567", "1234567"), ("1.234", "1.234"), ("1e5", "1e5"),
    ("6,6\u00d710^\u221234", "6.6e-34"), ("6.6 x 10^-34", "6.6e-34"), ("+7", "7"), (" 7 ", "7"),
    ("\u0661\u0662\u066b\u0665", "12.5"), ("\uff11\uff12", "12"), ("-0", "0"),
])  # fmt: skip
def test_a_number_is_read_as_it_is_written(text: str, value: str) -> None:
    assert NUMBERS.validate_python(text) == Decimal(value)


@pytest.mark.parametrize("text", [
    "1,234", "12,345", "-999,999", "", " ", "abc", "1,2,3", "1..2", "12 34", "1_000", "5 kg", "1/2", "Infinity", "NaN",
    "1,23,456.7", "0x1F", "--5", "5-", "1 2345", "1.234.56", "\u00bd",
])  # fmt: skip
def test_what_could_mean_two_things_or_nothing_is_refused_with_words(text: str) -> None:
    with pytest.raises(ValidationError, match=r"write (it|\d)"):
        NUMBERS.validate_python(text)


@given(st.decimals(-(10**12), 10**12, places=4))
def test_every_way_of_writing_a_number_gives_the_same(number: Decimal) -> None:
    plain = f"{number:.4f}"
    grouped = f"{number:,.4f}"
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    ways = [plain, plain.replace(".", ","), plain.replace("-", "\u2212"), plain.translate(ARABIC)]
    ways += [grouped, swapped, grouped.replace(",", " "), swapped.replace(".", "\u202f")]
    assert {NUMBERS.validate_python(way) for way in ways} == {number}


def test_an_answer_is_kept_as_the_number_that_it_means() -> None:
    assert ResponseFields.model_validate({"number": "\u22123,50"}).stored() == {"number": "-3.50"}
    again = ResponseFields.model_validate(ResponseFields.model_validate({"number": "6,6e-34"}).stored())
    assert again.number == Decimal("6.6e-34")
