"""What is done to a whole exam reaches sessions late, twice, reversed or after a crash, and ends in one state (W9)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from lyceum.kit.errors import Unavailable
from lyceum.kit.table import find
from lyceum.model.exams.assessments import Assessment, Incident
from lyceum.model.exams.sessions import ExamSession
from tests.exams.conftest import CANARY, Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client, Reply

from functions.exams.proctoring import fan_out

REASON = "The power went out"
RULES = {"durationSeconds": 3600, "graceSeconds": 30, "window": {"closesAt": "2027-01-11T12:00:00"}}
Deliver = Callable[[], int]


@pytest.fixture
def sat(publisher: Publisher) -> Running:
    """A session of an hour, in a window of three."""
    return publisher.begin(publisher.test(rules={**RULES, "feedback": "after_window"}))


def act(client: Client, sat: Running, what: str, scope: str = "exam", **values: Any) -> Reply:
    path, body = ("extend", {"seconds": 600}) if what == "extend" else ("pause", {"action": what})
    place = sat.state["assessmentId"] if scope == "exam" else sat.id
    body = {**body, "reason": REASON, "scope": scope, **values}
    return client.as_("instructor").post(f"/api/exams/{place}/{path}", body)


def declared(sat: Running) -> list[Incident]:
    return find(Incident, assessment_id=sat.state["assessmentId"], consistent=True).items


STORY = ("pause", "resume", "extend", "pause")
ORDERS = [*permutations(range(4)), (0, 0, 1, 1, 2, 2, 3, 3), (3, 2, 1, 0, 3, 2, 1, 0)]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "".join(map(str, order)))
def test_w9_every_order_of_delivery_ends_in_the_last_ones_state(
    sat: Running, client: Client, clock: Clock, order: tuple[int, ...]
) -> None:
    for what in STORY:
        assert act(client, sat, what).status == 200
        clock.advance(minutes=5)
    incidents = declared(sat)
    assert [incident.action for incident in incidents] == list(STORY)
    for number in order:
        fan_out._reach(sat.id, incidents[number])
    session = sat.session
    assert (session.state, session.paused_at) == ("paused", incidents[3].declared_at)
    assert session.deadline_at == sat.deadline + timedelta(minutes=5 + 10)
    assert sat.sheet.deadline_at == session.deadline_at
    assert client.as_("instructor").get(f"{sat.path}/events").data["intact"] is True


def test_w9_an_extension_that_comes_after_the_end_counts_from_when_it_was_given(
    sat: Running, client: Client, clock: Clock, swept: Callable[[], None], deliver: Deliver
) -> None:
    clock.move_to(sat.deadline)
    act(client, sat, "extend")
    clock.move_to(sat.closing + timedelta(minutes=2))
    swept()
    assert sat.session.state == "finished"
    assert deliver() == 0
    assert (sat.session.state, sat.session.deadline_at) == ("running", sat.deadline + timedelta(minutes=10))
    assert sat.answer().status == 200


def test_w9_an_action_after_the_end_changes_nothing(
    sat: Running, client: Client, clock: Clock, deliver: Deliver
) -> None:
    clock.move_to(sat.closing + timedelta(seconds=1))
    act(client, sat, "extend")
    deliver()
    assert sat.session.deadline_at == sat.deadline


def test_w9_the_outcome_of_an_action_can_be_read(
    publisher: Publisher, client: Client, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = publisher.test(rules=RULES)
    sessions = [publisher.begin(test, f"student{number}") for number in range(4)]
    sessions[3].submit()
    asked = act(client, sessions[0], "extend").data
    path = f"/api/assessments/{asked['assessmentId']}/actions/{asked['incidentId']}"
    counts = ("state", "sessions", "done", "leftOut", "failed")
    shown = client.as_("instructor").get(path).data
    assert [shown[name] for name in counts] == ["running", 0, 0, 0, 0]
    bring = fan_out._bring

    def broken(exam_id: str, incident: Incident) -> str:
        if exam_id == sessions[1].id:
            raise ValueError
        return bring(exam_id, incident)

    monkeypatch.setattr(fan_out, "_bring", broken)
    assert deliver() == 0
    shown = client.as_("instructor").get(path).data
    assert [shown[name] for name in counts] == ["complete", 4, 2, 1, 1]
    assert client.as_("other", "instructor").get(path).status == 404
    assert client.as_("instructor").get(f"/api/assessments/{asked['assessmentId']}/actions/none").status == 404


def test_w9_a_batch_that_was_cut_short_counts_each_session_once(
    publisher: Publisher, client: Client, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = publisher.test(rules=RULES)
    sessions = [publisher.begin(test, f"student{number}") for number in range(3)]
    asked = act(client, sessions[0], "extend").data
    bring, busy = fan_out._bring, [True]

    def cut_short(exam_id: str, incident: Incident) -> str:
        if exam_id == sessions[1].id and busy and busy.pop():
            raise Unavailable
        return bring(exam_id, incident)

    monkeypatch.setattr(fan_out, "_bring", cut_short)
    assert deliver() == 0
    shown = client.as_("instructor").get(f"/api/assessments/{asked['assessmentId']}/actions/{asked['incidentId']}").data
    assert (shown["done"], shown["state"]) == (3, "complete")
    assert {running.session.deadline_at for running in sessions} == {sessions[0].deadline + timedelta(minutes=10)}


def test_a_batch_of_an_exam_that_was_removed_passes_quietly(sat: Running, client: Client, deliver: Deliver) -> None:
    from lyceum.kit.table import Unit

    act(client, sat, "extend")
    sent = client.cloud.published(client.tenant)
    for found in declared(sat):
        Unit().remove(found).commit()
    from tests.support.http import LAMBDA
    from tests.support.workers import record

    from functions.exams.events import sessions

    records = [record(entry) for entry in sent if entry["DetailType"] == "incident.fan_out"]
    assert sessions.handler({"Records": records}, LAMBDA) == {"batchItemFailures": []}
    assert deliver() == 0


def test_a_pause_ends_the_session_when_it_has_stood_for_a_day_and_says_so(
    sat: Running, client: Client, clock: Clock, swept: Callable[[], None]
) -> None:
    sat.answer()
    clock.advance(minutes=10)
    act(client, sat, "pause", "session")
    shown = sat.show().data
    assert (shown["state"], shown["pauseEndsAt"]) == ("paused", "2027-01-12T09:10:00.000Z")
    clock.advance(hours=24)
    assert sat.show().data["state"] == "paused"
    clock.advance(minutes=1)
    assert sat.show().data["state"] == "finished"
    assert act(client, sat, "resume", "session").error.code == "SESSION_FINISHED"
    clock.advance(minutes=1)
    swept()
    session = sat.session
    assert (session.state, session.cause, session.finished_at) == ("finished", "expired", sat.deadline)
    assert session.score == "1.00"


def test_l7_while_somebody_stands_beyond_the_window_nobody_is_told_and_no_longer(
    publisher: Publisher, client: Client, clock: Clock, deliver: Deliver
) -> None:
    test = publisher.test(rules={**RULES, "feedback": "after_window"})
    standing, ended = publisher.begin(test, "ada"), publisher.begin(test, "eve")
    ended.submit()
    clock.advance(minutes=30)
    act(client, standing, "pause", "session")
    deliver()
    clock.advance(hours=5)
    assert CANARY not in ended.summary().body
    act(client, standing, "resume", "session")
    deliver()
    assert ended.session.closed_from == standing.session.closes_at
    assert CANARY not in ended.summary().body
    clock.move_to(standing.session.closes_at + timedelta(seconds=1))
    assert CANARY in ended.summary().body


def test_l7_while_the_whole_exam_stands_nobody_is_told(
    sat: Running, publisher: Publisher, client: Client, clock: Clock, deliver: Deliver
) -> None:
    ended = publisher.begin({"assessmentId": sat.state["assessmentId"]}, "eve")
    ended.submit()
    act(client, sat, "pause")
    deliver()
    clock.advance(hours=4)
    assert CANARY not in ended.summary().body
    act(client, sat, "resume")
    deliver()
    assert Assessment.require(assessment_id=sat.state["assessmentId"]).extended_seconds == 4 * 3600
    clock.move_to(ended.session.closed_from + timedelta(seconds=1))
    assert CANARY in ended.summary().body


def test_w9_of_rulings_on_one_question_the_last_stands_whatever_the_order(
    publisher: Publisher, client: Client, clock: Clock
) -> None:
    running = publisher.begin(publisher.test(rules={"durationSeconds": 600}))
    running.submit()
    for ruling in ("full_marks", "left_out"):
        clock.advance(seconds=1)
        body = {"ruling": ruling, "questionId": running.questions[0], "reason": REASON, "scope": "exam", "lower": True}
        assert client.as_("instructor").post(f"{running.path}/regrade", body).status == 200
    for incident in reversed(declared(running)):
        fan_out._reach(running.id, incident)
    session = ExamSession.require(exam_id=running.id, consistent=True)
    assert (session.score, session.max_score) == ("0.00", "3.00")


def test_what_happens_to_an_exam_is_told_to_its_student(sat: Running, client: Client) -> None:
    names = []
    for what in ("extend", "pause", "resume"):
        act(client, sat, what, "session")
        names += [entry["DetailType"] for entry in sat.student.cloud.outbox(sat.student.tenant)]
    sat.submit()
    names += [entry["DetailType"] for entry in sat.student.cloud.outbox(sat.student.tenant)]
    assert {"exam.extended", "exam.paused", "exam.resumed", "exam.finished"} <= set(names)
