"""Large JSON values: stored compressed where that is shorter, and read in either form."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.table.entity import PackedJSON, pack, unpack
from lyceum.model.exams.marks import ExamMarks
from tests.support.cloud import Cloud

ROWS = [{"question_id": f"01KQ0Z6T4GQ2WJ8D0S9C5N3B{number:02d}", "outcome": "right"} for number in range(60)]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_any_value_is_read_as_it_was_written(value: Any) -> None:
    attribute = PackedJSON()
    stored = attribute.serialize(value)
    assert (stored is None) if value is None else attribute.deserialize(str(stored)) == value


@pytest.mark.parametrize("text", ["[]", "{}", '"z"', '"zebra"', json.dumps(ROWS)])
def test_text_is_the_same_after_it_was_packed_however_often(text: str) -> None:
    assert unpack(pack(text)) == unpack(text) == text
    assert len(pack(text)) <= len(text)


def test_a_large_value_takes_a_fraction_and_a_small_one_stays_plain() -> None:
    assert len(pack(json.dumps(ROWS))) < len(json.dumps(ROWS)) / 4
    assert pack("[]") == "[]"


def test_what_was_stored_as_plain_text_is_read(tenant: str, cloud: Cloud) -> None:
    marks = ExamMarks(exam_id="e", user_id="u", keys_hash="h", marks=ROWS)
    Unit().create(marks).commit()
    table, key = settings().table, {"PK": {"S": marks.pk}, "SK": {"S": marks.sk}}
    item = cloud.dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert item["marks"]["S"].startswith("z")
    cloud.dynamodb.put_item(TableName=table, Item=item | {"marks": {"S": json.dumps(ROWS)}})
    assert ExamMarks.require(exam_id="e").marks == ROWS
