"""Records that are set once: what `dataclass(frozen=True)` promises holds of them."""

import gc
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.frozen import frozen

import functions


@frozen
class Mark:
    """A mark with a note that takes no part in comparing."""

    points: int
    names: tuple[str, ...] = ()
    note: str = field(default="", compare=False, repr=False)


@frozen
class Weighted(Mark):
    """A mark that weighs."""

    weight: int = 1


@dataclass(frozen=True)
class Model:
    """The same, as the standard library makes it."""

    points: int
    names: tuple[str, ...] = ()
    note: str = field(default="", compare=False, repr=False)


MARKS = st.tuples(st.integers(0, 2), st.lists(st.sampled_from("ab"), max_size=2).map(tuple), st.sampled_from(["", "x"]))


@given(MARKS, MARKS)
def test_records_compare_hash_and_print_as_the_standard_ones(one: Any, other: Any) -> None:
    first, second = Mark(*one), Mark(*other)
    assert (first == second) == (Model(*one) == Model(*other))
    assert (first != second) == (Model(*one) != Model(*other))
    assert hash(first) == hash(Model(*one))
    assert repr(first) == repr(Model(*one)).replace("Model", "Mark")


def test_a_field_is_set_once_and_stays() -> None:
    mark = Mark(1, ("a",))
    with pytest.raises(FrozenInstanceError):
        mark.points = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del mark.points
    assert replace(mark, points=2) == Mark(2, ("a",))
    assert [each.name for each in fields(mark)] == ["points", "names", "note"]


def test_a_record_of_another_class_is_another() -> None:
    assert Mark(1) != Weighted(1)
    assert Mark(1) != (1, (), "")
    assert Weighted(1, weight=2) != Weighted(1)
    with pytest.raises(FrozenInstanceError):
        Weighted(1).weight = 3  # type: ignore[misc]


def test_a_record_says_itself_how_it_prints() -> None:
    @frozen
    class Secret:
        """What is not printed."""

        value: str

        def __repr__(self) -> str:
            return "Secret(...)"

    assert repr(Secret("x")) == "Secret(...)"


def test_importing_the_product_looks_for_garbage_seldom() -> None:
    assert functions.__doc__
    assert gc.get_threshold()[0] == 50_000
