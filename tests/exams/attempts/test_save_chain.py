"""Every acknowledged save is chained into the session's audit trail, behind the write that took it (EXAM U1, U2)."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from lyceum.kit.table import Unit, find_all
from lyceum.model.exams.sessions import ChainedSave, SaveChain, SealedSaves
from lyceum.rules.exams import answer_sheets
from tests.exams.conftest import Publisher, Running
from tests.scale.item_sizes import size_of, write_units
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

Deliver = Callable[[], int]


@pytest.fixture
def sat(publisher: Publisher) -> Running:
    """A session of twelve questions of the instructor's test."""
    return publisher.begin(publisher.test(12))


def saves(running: Running, client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.as_("instructor").get(f"{running.path}/events").data["saves"]
    return found


def sealed(running: Running) -> list[SealedSaves]:
    return sorted(find_all(SealedSaves, exam_id=running.id), key=lambda block: int(block.first))


def chained(running: Running) -> list[tuple[str, int]]:
    """The questions and sequences of all saves in the chain, in its order."""
    rows = [row for block in sealed(running) for row in block.saves] + SaveChain.require(exam_id=running.id).open_saves
    return [(row[0], row[1]) for row in rows]


def collect(client: Client) -> None:
    """Let the stream see a write before the next one takes its outbox off the item."""
    client.cloud.published(client.tenant)


def test_u1_every_save_is_chained_also_those_that_were_overwritten(
    sat: Running, client: Client, deliver: Deliver, clock: Clock
) -> None:
    for place, option in ((0, "a"), (1, "b"), (0, "b")):
        clock.advance(seconds=1)
        assert sat.answer(sat.questions[place], option).status == 200
        collect(client)
    assert saves(sat, client) == {"count": 0, "intact": True, "complete": False}
    assert deliver() == 0
    assert saves(sat, client) == {"count": 3, "intact": True, "complete": True}
    assert set(chained(sat)) == {(sat.questions[0], 1), (sat.questions[1], 2), (sat.questions[0], 3)}


def test_u1_a_save_costs_the_student_one_write_as_before(sat: Running) -> None:
    assert sat.answer().cost.operations == ["UpdateItem"]


def test_u1_a_batch_and_what_was_handed_in_offline_are_chained_too(
    sat: Running, client: Client, deliver: Deliver
) -> None:
    first, second, third = sat.questions[:3]
    body = [{"questionId": name, "optionIds": ["b"], "seq": 1} for name in (first, second)]
    sat.student.post(f"{sat.path}/answers", {"answers": body})
    collect(client)
    path = f"/api/practice-tests/{sat.state['assessmentId']}/submit"
    assert sat.student.post(path, {"answers": [{"questionId": third, "optionIds": ["b"]}]}).status == 200
    assert deliver() == 0
    assert saves(sat, client) == {"count": 3, "intact": True, "complete": True}


def test_u1_saves_that_come_again_or_at_once_are_chained_once(sat: Running, client: Client, deliver: Deliver) -> None:
    from functions.exams.attempts import audit_log

    for question in sat.questions:
        sat.answer(question)
        collect(client)
    deliver()
    rows = sat.sheet.answers.as_dict().items()
    at_once(*[lambda: audit_log.chain_saves([audit_log.chain_order(sat.id, rows)])] * 3)
    assert sorted(chained(sat)) == sorted((question, seq) for seq, question in enumerate(sat.questions, 1))
    assert [(int(block.first), len(block.saves)) for block in sealed(sat)] == [(1, 5), (6, 5)]
    assert saves(sat, client) == {"count": 12, "intact": True, "complete": True}


def test_u1_a_save_is_chained_by_a_kilobyte_or_two(sat: Running, client: Client, deliver: Deliver) -> None:
    for question in sat.questions:
        sat.answer(question)
        collect(client)
    deliver()
    for item in client.cloud.items(client.tenant):
        if item["kind"]["S"] in {"save_chain", "sealed_saves"}:
            assert write_units(size_of(item)) == 1


def test_u1_a_chain_of_single_saves_goes_on_sealed(sat: Running, client: Client, deliver: Deliver) -> None:
    from functions.exams.attempts import audit_log

    for question in sat.questions[:2]:
        sat.answer(question)
        collect(client)
    rows = {name: row for name, row in sat.sheet.answers.as_dict().items() if row["seq"]}
    order = audit_log.chain_order(sat.id, rows.items())
    previous, unit = "", Unit()
    for number, each in enumerate(order.saves, 1):
        entry = ChainedSave(exam_id=sat.id, number=number, previous_hash=previous, **each)
        facts = [each[name] for name in ("question_id", "seq", "operation", "answer", "saved_at")]
        previous = entry.hash = audit_log._digest([sat.id, number, *facts, previous])
        unit.create(entry)
    unit.create(SaveChain(exam_id=sat.id, length=2, last_hash=previous)).commit()
    assert saves(sat, client) == {"count": 2, "intact": True, "complete": True}
    for question in sat.questions[2:9]:
        sat.answer(question)
        collect(client)
    assert deliver() == 0, "the two that came again are known"
    assert saves(sat, client) == {"count": 9, "intact": True, "complete": True}


@pytest.mark.parametrize("tampering", ["changed", "removed", "swapped", "cut"])
def test_u1_tampering_with_a_save_is_noticed(sat: Running, client: Client, deliver: Deliver, tampering: str) -> None:
    for question in sat.questions:
        sat.answer(question)
        collect(client)
    deliver()
    (first, second), trail = sealed(sat), SaveChain.require(exam_id=sat.id)
    if tampering == "changed":
        first.saves[1][3] = first.saves[0][3][::-1]
        Unit().put(first).commit()
    elif tampering == "removed":
        Unit().remove(second).commit()
    elif tampering == "swapped":
        first.saves, second.saves = second.saves, first.saves
        Unit().put(first).put(second).commit()
    else:
        trail.length, trail.open_saves = 10, []
        Unit().replace(trail).commit()
    shown = client.as_("instructor").get(f"{sat.path}/events").data
    assert (shown["intact"], shown["saves"]["intact"]) == (False, False)


def test_u2_an_answer_that_was_changed_behind_the_chain_is_noticed(
    sat: Running, client: Client, deliver: Deliver
) -> None:
    sat.answer()
    deliver()
    sheet = sat.sheet
    rows = sheet.answers.as_dict()
    rows[sat.questions[0]]["chosen"] = {"option_ids": ["c"]}
    sheet.answers = rows
    unit = Unit()
    answer_sheets.replace(unit, sheet)
    unit.commit()
    assert saves(sat, client) == {"count": 1, "intact": True, "complete": False}


def test_u1_what_is_sealed_is_read_only_for_a_save_that_may_stand_there(
    sat: Running, client: Client, clock: Clock, deliver: Deliver
) -> None:
    from functions.exams.attempts import audit_log

    orders = []
    for question in sat.questions[:7]:
        clock.advance(seconds=1)
        sat.answer(question)
        rows = sat.sheet.answers.as_dict()
        orders.append(audit_log.chain_order(sat.id, [(question, rows[question])]))
    for place, is_read in ((5, False), (0, False), (6, False), (1, True), (1, True), (6, True), (5, True)):
        with patch.object(audit_log, "_names_of", wraps=audit_log._names_of) as read:
            audit_log.chain_saves([orders[place]])
        assert bool(read.called) is (is_read and bool(sealed(sat)))
    audit_log.chain_saves(orders)
    assert len(chained(sat)) == len(set(chained(sat))) == 7
    assert saves(sat, client) == {"count": 7, "intact": True, "complete": True}
