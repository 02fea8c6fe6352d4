"""Graders who work at once on one session, and what a ruling may rest on."""

import pytest

from lyceum.kit.table import Unit
from lyceum.model.questions.question import AnswerKey
from tests.exams.conftest import Bank, Publisher, Running
from tests.support.http import Client, Reply
from tests.support.threads import at_once

REASON = "The board said so"


@pytest.fixture
def essays(publisher: Publisher, bank: Bank) -> Running:
    """A finished session of four essays that wait for marks."""
    plan = {"title": "A", "topicIds": [bank.essays(4)], "count": 4, "types": ["theory"]}
    running = publisher.begin(publisher.test(blueprint={"sections": [plan]}))
    for question in running.questions:
        running.write(question, "An essay")
    running.submit()
    return running


def test_graders_of_different_answers_never_conflict(essays: Running, client: Client) -> None:
    client.as_("instructor")

    def grade(question: str) -> Reply:
        return client.as_("instructor").post(f"{essays.path}/grade", {"questionId": question, "points": "5"})

    replies = at_once(*[lambda name=name: grade(name) for name in essays.questions])
    assert {reply.status for reply in replies} == {200}
    assert (essays.session.score, essays.session.pending_count) == ("20.00", 0)


def regrade(client: Client, running: Running, **values: object) -> Reply:
    body = {"reason": REASON, "lower": True, **values}
    return client.as_("instructor").post(f"{running.path}/regrade", body)


@pytest.fixture
def sat(publisher: Publisher) -> Running:
    """A finished session of two questions, the first right."""
    running = publisher.begin(publisher.test(2))
    running.answer()
    running.submit()
    return running


@pytest.mark.parametrize("key", [
    {"correct": True}, {"value": "7"}, {"accepted": [{"text": "b", "credit": "1"}]}, {"pairs": {"p1": "c1"}},
    {"correct_option_ids": ["e"]}, {"correct_option_ids": ["a", "b"]}, {"rubric": {"criteria": []}}, {},
])  # fmt: skip
def test_a_key_that_does_not_fit_what_was_asked_is_refused(
    sat: Running, client: Client, key: dict[str, object]
) -> None:
    Unit().create(AnswerKey(question_id=sat.questions[0], revision=2, key=key)).commit()
    refused = regrade(client, sat, ruling="key", questionId=sat.questions[0], revision=2)
    assert (refused.status, refused.error.fields) == (422, {"KEY_MISFIT"})
    assert sat.session.revision == 1


def test_a_key_that_fits_is_taken(sat: Running, client: Client) -> None:
    Unit().create(AnswerKey(question_id=sat.questions[0], revision=2, key={"correct_option_ids": ["a"]})).commit()
    made = regrade(client, sat, ruling="key", questionId=sat.questions[0], revision=2).data["session"]
    assert (made["applied"], made["score"]) == (True, "0.00")


@pytest.mark.parametrize("scope", ["session", "exam"])
def test_a_ruling_on_nothing_says_so(sat: Running, client: Client, scope: str) -> None:
    refused = regrade(client, sat, ruling="full_marks", questionId="nowhere", scope=scope)
    assert (refused.status, refused.error.fields) == (422, {"UNKNOWN_QUESTION"})


def test_g10_a_paper_with_every_question_left_out_has_no_result(
    sat: Running, client: Client, deliver: object, publisher: Publisher
) -> None:
    assert callable(deliver)
    deliver()
    for question in sat.questions:
        made = regrade(client, sat, ruling="left_out", questionId=question).data["session"]
        deliver()
    assert (made["applied"], "score" in made, "passed" in made, made["maxScore"]) == (True, False, False, "0.00")
    session = sat.session
    assert (session.score, session.percent, session.is_passed) == (None, None, None)
    result = sat.summary()
    assert (result.status, "score" in result.data, "passed" in result.data) == (200, False, False)
    shown = publisher.instructor.get(f"/api/practice-tests/{sat.state['assessmentId']}/analytics").data["distribution"]
    assert (shown["attempts"], shown["passed"], shown["takers"]) == (0, 0, 0)
    restored = regrade(client, sat, ruling="restore", revision=1).data["session"]
    deliver()
    assert restored["score"] == "1.00"
    shown = publisher.instructor.get(f"/api/practice-tests/{sat.state['assessmentId']}/analytics").data["distribution"]
    assert (shown["attempts"], shown["takers"]) == (1, 1)


def test_events_of_a_session_that_was_removed_pass_quietly(sat: Running, client: Client, deliver: object) -> None:
    client.cloud.published(client.tenant)
    Unit().remove(sat.marks).commit()
    assert callable(deliver)
    assert deliver() == 0


@pytest.mark.parametrize(("role", "reason", "status"), [
    ("instructor", None, 200), ("admin", None, 422), ("admin", "A complaint", 200),
])  # fmt: skip
def test_u3_who_reads_the_marks_of_anothers_exam_says_why(
    sat: Running, client: Client, role: str, reason: str | None, status: int
) -> None:
    asked = client.as_(role).get(f"{sat.path}/revisions", {"reason": reason} if reason else None)
    assert asked.status == status
    if status == 422:
        assert asked.error.fields == {"REASON_MISSING"}
