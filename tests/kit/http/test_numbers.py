"""A number that a caller sends is a number: true and false, which Python counts as 1 and 0, are refused by name."""

from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from lyceum.kit.http import Request


class Wanted(Request):
    """Numbers in the shapes in which requests have them."""

    amount: Annotated[int, Field(ge=0)] = 0
    percent: Annotated[Decimal, Field(ge=0)] | None = None
    rating: float | None = None
    places: list[int] = []
    is_on: bool = False
    answer: bool | int = 0


@pytest.mark.parametrize("sent", [{"amount": True}, {"percent": True}, {"rating": False}, {"places": [1, True]}])
def test_a_truth_is_no_number(sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        Wanted.model_validate(sent)
    assert refused.value.errors()[0]["loc"] == tuple(sent)


def test_a_truth_is_one_where_it_is_asked_for() -> None:
    made = Wanted.model_validate({"isOn": True, "answer": True, "amount": 1, "percent": "2.5", "places": [0, 1]})
    assert (made.is_on, made.answer, made.amount, made.places) == (True, True, 1, [0, 1])
