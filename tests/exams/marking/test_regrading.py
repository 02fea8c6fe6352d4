"""Rulings after the end: previewed, applied once, restorable, told to everything that counts (EXAM R1, R2, R3, U3)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.table import Unit, find
from lyceum.model.exams.sessions import SessionEvent
from lyceum.model.exams.statistics import ItemStatistics
from lyceum.model.questions.question import AnswerKey
from lyceum.model.questions.statistics import QuestionStatistics
from tests.exams.conftest import Bank, Publisher, Running
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tools.verify_receipt import verify

REASON = "The key was wrong"


@pytest.fixture
def sat(publisher: Publisher) -> Running:
    """A finished attempt at four questions: two right, one wrong, one blank."""
    return finished(publisher, publisher.test())


def finished(publisher: Publisher, test: dict[str, Any], name: str = "student") -> Running:
    running = publisher.begin(test, name)
    for question, options in zip(sorted(running.questions), "bba", strict=False):
        running.answer(question, options)
    running.submit()
    return running


def rule(client: Client, sat: Running, place: int | None = 2, name: str = "instructor", **values: Any) -> Reply:
    about = {} if place is None else {"questionId": sorted(sat.questions)[place]}
    role = "instructor" if name == "other" else name
    return client.as_(name, role).post(
        f"{sat.path}/regrade", {"ruling": "full_marks", "reason": REASON, **about, **values}
    )


def other_key(sat: Running, place: int, right: str) -> None:
    """Correct a question: revision 2 has another key."""
    name = sorted(sat.questions)[place]
    Unit().create(
        AnswerKey(question_id=name, revision=2, key={"correct_option_ids": [right]}, explanation="corrected")
    ).commit()


@pytest.mark.parametrize(("ruling", "place", "score", "most", "percent"), [
    ({"ruling": "full_marks"}, 2, "3.00", "4.00", "75.00"), ({"ruling": "full_marks"}, 3, "3.00", "4.00", "75.00"),
    ({"ruling": "left_out"}, 2, "2.00", "3.00", "66.67"),
    ({"ruling": "key", "revision": 2}, 2, "3.00", "4.00", "75.00"),
])  # fmt: skip
def test_r2_the_preview_is_what_is_then_applied(
    sat: Running, client: Client, ruling: dict[str, Any], place: int, score: str, most: str, percent: str
) -> None:
    other_key(sat, 2, "a")
    before = sat.session.version
    preview = rule(client, sat, place, preview=True, **ruling).data["session"]
    assert (preview["score"], preview["maxScore"], preview["percent"], preview["applied"]) == (
        score,
        most,
        percent,
        False,
    )
    assert sat.session.version == before
    done = rule(client, sat, place, **ruling).data["session"]
    assert done == {**preview, "applied": True, "revision": 2}
    result = sat.summary().data
    assert (result["score"], float(result["maxScore"]), result["percent"]) == (score, float(most), percent)


def test_r1_a_regrade_that_runs_twice_is_one_and_earlier_revisions_can_be_restored(
    sat: Running, client: Client
) -> None:
    for _ in range(2):
        assert rule(client, sat).status == 200
    assert (sat.session.score, sat.session.revision, len(sat.events("exam.graded"))) == ("3.00", 2, 1)
    refused = rule(client, sat, None, ruling="restore", revision=1)
    assert refused.error.fields == {"LOWERED"}
    assert rule(client, sat, None, ruling="restore", revision=1, lower=True).data["session"]["revision"] == 3
    assert (sat.session.score, sat.marks.rulings) == ("2.00", {})
    shown = client.as_("instructor").get(f"{sat.path}/revisions", {"reason": "A complaint"}).data["revisions"]
    assert [(each["revision"], each["score"]) for each in shown] == [(1, "2.00"), (2, "3.00"), (3, "2.00")]
    assert [len(each["rulings"]) for each in shown] == [0, 1, 0]


def test_r2_a_score_is_lowered_on_purpose_only(sat: Running, client: Client) -> None:
    other_key(sat, 0, "d")
    wrong = {"ruling": "key", "revision": 2}
    assert rule(client, sat, 0, preview=True, **wrong).data["session"]["isLowered"] is True
    assert rule(client, sat, 0, **wrong).error.fields == {"LOWERED"}
    assert rule(client, sat, 0, lower=True, **wrong).data["session"]["score"] == "1.00"
    assert rule(client, sat, 0, reason="").status == 400


def test_r3_counters_statistics_and_attempts_reach_the_new_score_exactly_once(
    sat: Running, client: Client, cloud: Cloud, tenant: str
) -> None:
    test_id, name = sat.state["assessmentId"], sorted(sat.questions)[2]
    workers.deliver(cloud, tenant)
    rule(client, sat)
    event = sat.events("exam.graded")
    for _ in range(2):
        workers.deliver(cloud, tenant)
    assert len(event) == 1
    analytics = client.as_("instructor").get(f"/api/practice-tests/{test_id}/analytics").data["distribution"]
    assert (analytics["attempts"], analytics["meanPercent"]) == (1, "75.00")
    assert sat.student.get("/api/exams/analytics").data["overall"]["meanPercent"] == "75.00"
    counted = QuestionStatistics.require(question_id=name)
    assert (counted.attempts, counted.correct) == (1, 1)
    item = ItemStatistics.require(assessment_id=test_id, question_id=name)
    assert (item.attempts, item.right, item.wrong) == (1, 1, 0)
    messages = [each["type"] for each in sat.student.get("/api/notifications").data]
    assert sum(each.startswith("exam.") for each in messages) == 2


def test_a_question_that_is_left_out_says_nothing_any_more(
    sat: Running, client: Client, cloud: Cloud, tenant: str
) -> None:
    workers.deliver(cloud, tenant)
    rule(client, sat, ruling="left_out")
    workers.deliver(cloud, tenant)
    counted = QuestionStatistics.require(question_id=sorted(sat.questions)[2])
    assert (counted.attempts, counted.correct, counted.item_sum, counted.choices.as_dict()) == (0, 0, 0, {"a": 0})


def test_all_finished_sessions_are_regraded_through_the_queue(
    publisher: Publisher, client: Client, deliver: Callable[[], int], clock: Clock
) -> None:
    test = publisher.test()
    hall = [finished(publisher, test, name) for name in ("ada", "bola")]
    still = publisher.begin(test, "chi")
    clock.advance(seconds=1)
    reply = rule(client, hall[0], scope="exam")
    assert (reply.data["scope"], reply.cost.operations) == ("exam", ["BatchGetItem", "GetItem", "TransactWriteItems"])
    assert deliver() == 0
    assert [each.session.score for each in hall] == ["3.00", "3.00"]
    assert (still.session.state, still.session.revision) == ("running", 0)
    assert {event["Detail"].count(reply.data["incidentId"]) for event in hall[0].events("exam.graded")} == {0}
    assert find(SessionEvent, exam_id=hall[1].id).items[-1].facts["incident"] == reply.data["incidentId"]


def test_a_receipt_after_a_ruling_is_proven_by_its_evidence(sat: Running, client: Client) -> None:
    other_key(sat, 2, "a")
    rule(client, sat, 2, ruling="key", revision=2)
    rule(client, sat, 3, ruling="left_out")
    result = sat.student.get(f"{sat.path}/summary", {"evidence": "true"}).data
    facts = verify(json.loads(json.dumps(result)), result["receipt"]["publicKey"])
    assert (facts["score"], facts["maxScore"], facts["revision"]) == ("3.00", "3.00", 3)
    shown = next(question for question in result["questions"] if question["questionId"] == sorted(sat.questions)[2])
    assert (shown["correctOptionIds"], shown["explanation"]) == (["a"], "corrected")


def test_u3_reading_anothers_marks_needs_a_reason_which_stands_in_the_audit_log(sat: Running, client: Client) -> None:
    path = f"{sat.path}/revisions"
    assert client.as_("admin").get(path).error.fields == {"REASON_MISSING"}
    assert client.as_("admin").get(path, {"reason": ""}).status == 400
    assert client.as_("instructor").get(path, {"reason": "A complaint"}).cost.operations == [
        "BatchGetItem",
        "Query",
        "TransactWriteItems",
    ]
    rule(client, sat)
    events = find(SessionEvent, exam_id=sat.id).items
    assert [(event.name, event.reason) for event in events[2:]] == [("marks_read", "A complaint"), ("regraded", REASON)]
    assert {event.actor for event in events[2:]} == {client.as_("instructor").user_id}
    assert client.as_("instructor").get(f"{sat.path}/events").data["intact"] is True


def test_rulings_are_for_the_owner_on_what_has_ended(
    sat: Running, client: Client, publisher: Publisher, bank: Bank
) -> None:
    assert rule(client, sat, name="student").status == 403
    assert rule(client, sat, name="other").status == 404
    running = publisher.begin(publisher.test())
    assert rule(client, running).error.code == "EXAM_RUNNING"
    assert rule(client, sat, None, questionId="nothing").error.fields == {"UNKNOWN_QUESTION"}
    assert rule(client, sat, ruling="key", revision=9).error.fields == {"UNKNOWN_REVISION"}
    assert rule(client, sat, None, ruling="restore", revision=9).error.fields == {"UNKNOWN_REVISION"}
    for body in (
        {"ruling": "key"},
        {"revision": 2},
        {"ruling": "restore", "revision": 1},
        {"scope": "exam", "preview": True},
    ):
        assert rule(client, sat, **body).status == 400
