"""Every step of the repository, there and back on data of the step before it (`samples/<number>.json`)."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.tools.migrations.conftest import Table
from tools import check_data
from tools.migrations.step import Misnumbered, Step, collect

SAMPLES = Path(__file__).with_name("samples")
STEPS = collect()


def without_versions(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = [{name: value for name, value in item.items() if name != "version"} for item in items]
    return sorted(plain, key=lambda item: item["PK"]["S"])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.number:04}")
def test_there_and_back_is_where_it_was(step: Step, table: Table) -> None:
    before = json.loads((SAMPLES / f"{step.number:04}.json").read_text())
    table.put(*before)
    migration = table.migration(replace(step, number=1))
    migration.run(1)
    assert migration.at() == 1
    assert table.items() != without_versions(before)
    migration.run(0)
    assert migration.at() == 0
    assert table.items() == without_versions(before)


def test_items_count_their_messages(table: Table) -> None:
    table.put(*json.loads((SAMPLES / "0001.json").read_text()))
    table.migration(STEPS[0]).run(1)
    assert [item.get("outbox_size", {}).get("N") for item in table.items()] == [None, "1", None]


def test_what_waited_in_a_course_is_found_by_whose_the_course_is_now(table: Table) -> None:
    table.put(*json.loads((SAMPLES / "0005.json").read_text()))
    table.migration(replace(STEPS[4], number=1)).run(1)
    marks = {item["exam_id"]["S"]: item for item in table.items() if item["kind"]["S"] == "exam_marks"}
    moved, of_deleted, own, final = (marks[name] for name in ("E1", "E2", "E3", "E4"))
    assert (moved["GSI1PK"]["S"], moved["GSI2PK"]["S"]) == ("main|MARKING#new", "main|COURSEMARKING#C1")
    assert moved["GSI2SK"] == moved["GSI1SK"]
    assert (of_deleted["marker"]["S"], of_deleted["GSI2PK"]["S"]) == ("old", "main|COURSEMARKING#C2")
    assert ["course_id" in each for each in (own, final)] == [False, False]


def test_lessons_get_the_times_that_are_known_and_no_others(table: Table) -> None:
    table.put(*json.loads((SAMPLES / "0006.json").read_text()))
    table.migration(replace(STEPS[5], number=1)).run(1)
    enrolments = [item for item in table.items() if item["kind"]["S"] == "enrolment"]
    times = {each["user_id"]["S"]: json.loads(each.get("lesson_completions", {}).get("S", "{}")) for each in enrolments}
    assert times == {
        "U1": {"L1": "2026-09-10T09:00:00.000Z", "L2": "2026-09-11T09:00:00.000Z"},
        "U2": {"L1": "2026-09-12T09:00:00.000Z", "L2": "2026-10-05T10:00:00.000Z"},
        "U3": {"L1": "2026-09-13T09:00:00.000Z"},
        "U4": {},
        "U5": {},
        "U6": {"L1": "2026-10-06T10:00:00.000Z"},
    }


def test_numbers_have_no_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.migrations import s0001_outbox_size

    skipped = Step(2, "", frozenset(), STEPS[0].forth, STEPS[0].back)
    monkeypatch.setattr(s0001_outbox_size, "STEP", skipped)
    with pytest.raises(Misnumbered, match="is step 2 and stands at place 1"):
        collect()


def test_what_a_table_remembers_of_its_steps_is_no_finding_of_the_check_of_data(table: Table) -> None:
    table.migration(*STEPS).run(len(STEPS))
    assert table.client.scan(TableName=table.name)["Items"], "the journal is there"
    assert check_data.inspect(table.client.scan(TableName=table.name)["Items"]) == {}
