"""Sizes and units by DynamoDB's published rules."""

import pytest

from tests.scale.item_sizes import index_units, read_units, size_of, write_units


@pytest.mark.parametrize(("value", "size"), [
    ({"S": "é"}, 2), ({"N": "0"}, 2), ({"N": "123"}, 3), ({"N": "-1200"}, 3), ({"N": "12.5"}, 3), ({"B": b"abc"}, 3),
    ({"BOOL": True}, 1), ({"NULL": True}, 1), ({"L": []}, 3), ({"L": [{"S": "ab"}]}, 6), ({"M": {"a": {"S": "b"}}}, 6),
    ({"SS": ["ab", "c"]}, 3), ({"NS": ["1", "22"]}, 4),
])  # fmt: skip
def test_a_value_weighs_what_its_kind_weighs(value: dict[str, object], size: int) -> None:
    assert size_of({"name": value}) == len("name") + size


def test_nothing_weighs_nothing_and_still_costs_a_unit() -> None:
    assert (size_of(None), write_units(0), read_units(0, consistent=True), read_units(0, consistent=False)) == (
        0, 1, 1.0, 0.5,
    )  # fmt: skip


def test_units_are_begun_kibibytes() -> None:
    assert [write_units(size) for size in (1, 1024, 1025)] == [1, 1, 2]
    assert [read_units(size, consistent=True) for size in (4096, 4097)] == [1.0, 2.0]


def _item(place: str | None, note: str = "x") -> dict[str, dict[str, str]]:
    placed = {} if place is None else {"GSI1PK": {"S": place}, "GSI1SK": {"S": "a"}}
    return {"PK": {"S": "p"}, "SK": {"S": "s"}, "note": {"S": note}, **placed}


def test_an_index_is_paid_for_what_changes_of_its_entry() -> None:
    assert index_units(None, _item("here"), "GSI1PK", None) == 1
    assert index_units(_item("here"), _item("here", "y"), "GSI1PK", None) == 1
    assert index_units(_item("here"), _item("here"), "GSI1PK", None) == 0
    assert index_units(_item("here"), _item("there"), "GSI1PK", None) == 2
    assert index_units(_item("here"), None, "GSI1PK", None) == 1
    assert index_units(_item(None), _item(None, "y"), "GSI1PK", None) == 0


def test_an_index_that_holds_the_keys_alone_pays_for_nothing_else() -> None:
    keys = frozenset({"PK", "SK", "GSI1PK", "GSI1SK"})
    assert index_units(_item("here"), _item("here", "y"), "GSI1PK", keys) == 0
    assert index_units(_item("here"), _item("there", "y" * 5000), "GSI1PK", keys) == 2
