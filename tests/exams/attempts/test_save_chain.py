"""Every acknowledged save is chained into the session's audit trail, behind the write that took it (EXAM U1, U2)."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from lyceum.kit.table import Unit, find_all
from lyceum.model.exams.sessions import ChainedSave, SaveChain, SealedSaves
from lyceum.rules.exams import answer_sheets
from lyceum.rules.stream import saved_answers
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
    """Let the stream see a write before the next one."""
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


def test_u1_a_save_leaves_no_message_and_is_ordered_from_its_record(sat: Running, client: Client) -> None:
    sat.answer(operationId="b7a1")
    block = next(item for item in client.cloud.items(client.tenant) if "past1" in str(item))
    record = {"dynamodb": {"NewImage": block}}
    (order,) = saved_answers.saves_of(record)
    assert "outbox" not in block
    rows = [(sat.questions[0], {**sat.sheet.answers.as_dict()[sat.questions[0]], "operation": "b7a1"})]
    assert order.saves == saved_answers.chain_order(sat.id, rows).saves
    assert (order.exam_id, order.tenant) == (sat.id, client.tenant)
    assert saved_answers.saves_of(record) == [order], "the same record brings the same"
    assert saved_answers.saves_of({"dynamodb": {"NewImage": block, "OldImage": block}}) == []
    assert saved_answers.saves_of({"dynamodb": {"NewImage": {**block, "state": {"S": "paused"}}}}) == []
    assert saved_answers.saves_of({"dynamodb": {"OldImage": block}}) == []


def test_u1_of_two_answers_of_a_batch_to_one_question_both_are_chained(
    sat: Running, client: Client, deliver: Deliver
) -> None:
    name = sat.questions[0]
    body = [{"questionId": name, "optionIds": [option], "seq": seq} for seq, option in ((1, "a"), (2, "b"))]
    assert sat.student.post(f"{sat.path}/answers", {"answers": body}).status == 200
    assert deliver() == 0
    assert saves(sat, client) == {"count": 2, "intact": True, "complete": True}
    assert set(chained(sat)) == {(name, 1), (name, 2)}


def test_u1_a_death_behind_the_sealing_loses_and_doubles_nothing(
    sat: Running, client: Client, deliver: Deliver
) -> None:
    from functions.exams.attempts import audit_log

    for question in sat.questions[:5]:
        sat.answer(question)
        collect(client)
    deliver()
    audit_log._seal(SaveChain.require(exam_id=sat.id))
    assert saves(sat, client) == {"count": 5, "intact": True, "complete": True}, "they stand twice, and count once"
    sat.answer(sat.questions[5])
    assert deliver() == 0
    assert [int(block.first) for block in sealed(sat)] == [1]
    assert saves(sat, client) == {"count": 6, "intact": True, "complete": True}


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
    at_once(*[lambda: audit_log.chain_saves([saved_answers.chain_order(sat.id, rows)])] * 3)
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

    for question in sat.questions[:2]:
        sat.answer(question)
        collect(client)
    rows = {name: row for name, row in sat.sheet.answers.as_dict().items() if row["seq"]}
    order = saved_answers.chain_order(sat.id, rows.items())
    previous, unit = "", Unit()
    for number, each in enumerate(order.saves, 1):
        entry = ChainedSave(exam_id=sat.id, number=number, previous_hash=previous, **each)
        facts = [each[name] for name in ("question_id", "seq", "operation", "answer", "saved_at")]
        previous = entry.hash = saved_answers.digest([sat.id, number, *facts, previous])
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
        orders.append(saved_answers.chain_order(sat.id, [(question, rows[question])]))
    for place, is_read in ((5, False), (0, False), (6, False), (1, True), (1, True), (6, True), (5, True)):
        with patch.object(audit_log, "_names_of", wraps=audit_log._names_of) as read:
            audit_log.chain_saves([orders[place]])
        assert bool(read.called) is (is_read and bool(sealed(sat)))
    audit_log.chain_saves(orders)
    assert len(chained(sat)) == len(set(chained(sat))) == 7
    assert saves(sat, client) == {"count": 7, "intact": True, "complete": True}
