"""Every acknowledged save is chained into the session's audit trail, behind the write that took it (EXAM U1, U2)."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.table import Unit, find_all
from lyceum.model.exams.sessions import ChainedSave, SaveChain
from tests.exams.conftest import Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

Deliver = Callable[[], int]


@pytest.fixture
def sat(publisher: Publisher) -> Running:
    """A session of four questions of the instructor's test."""
    return publisher.begin(publisher.test(4))


def saves(running: Running, client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.as_("instructor").get(f"{running.path}/events").data["saves"]
    return found


def chained(running: Running) -> list[ChainedSave]:
    return sorted(find_all(ChainedSave, exam_id=running.id), key=lambda entry: entry.number)


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
    assert {(entry.question_id, int(entry.seq)) for entry in chained(sat)} == {
        (sat.questions[0], 1), (sat.questions[1], 2), (sat.questions[0], 3),
    }  # fmt: skip


def test_u1_a_save_costs_the_student_one_write_as_before(sat: Running) -> None:
    assert sat.answer().cost.operations == ["UpdateItem"]


def test_u1_a_batch_and_what_was_handed_in_offline_are_chained_too(
    sat: Running, client: Client, deliver: Deliver
) -> None:
    first, second, third, _ = sat.questions
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
    at_once(*[lambda: audit_log.chain_saves(audit_log.chain_order(sat.id, rows))] * 3)
    assert [int(entry.number) for entry in chained(sat)] == [1, 2, 3, 4]
    assert saves(sat, client) == {"count": 4, "intact": True, "complete": True}


@pytest.mark.parametrize("tampering", ["changed", "removed", "swapped", "cut"])
def test_u1_tampering_with_a_save_is_noticed(sat: Running, client: Client, deliver: Deliver, tampering: str) -> None:
    for question in sat.questions:
        sat.answer(question)
        collect(client)
    deliver()
    first, second, *_, last = chained(sat)
    if tampering == "changed":
        first.answer = "0" * 64
        Unit().put(first).commit()
    elif tampering == "removed":
        Unit().remove(second).commit()
    elif tampering == "swapped":
        first.number, second.number = second.number, first.number
        Unit().put(first).put(second).commit()
    else:
        trail = SaveChain.require(exam_id=sat.id)
        trail.length = 3
        Unit().replace(trail).remove(last).commit()
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
    Unit().replace(sheet).commit()
    assert saves(sat, client) == {"count": 1, "intact": True, "complete": False}
