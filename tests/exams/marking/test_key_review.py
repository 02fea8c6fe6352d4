"""Results wait for a person where the answers speak against a key, and only then (EXAM L8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.table import find
from lyceum.model.audit import AuditEvent
from lyceum.model.exams.assessments import KeyReview
from tests.exams.conftest import Bank, Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client

from functions.exams.statistics import key_suspects

RULES = {"feedback": "after_window", "reviewKeys": True, "shuffleQuestions": False}


class Sitting:
    """An exam of four questions whose window closes in an hour; of the first, the best take "c" and not the key."""

    def __init__(self, publisher: Publisher, clock: Clock, *, wrong: bool, takers: int = 5) -> None:
        self.client, self.teacher = publisher.client, publisher.instructor
        closes = clocks.iso(clock.at + timedelta(hours=1))
        self.test = publisher.test(4, rules={**RULES, "window": {"closesAt": closes}})
        self.id = str(self.test["assessmentId"])
        self.path = f"/api/assessments/{self.id}/key-review"
        self.sessions: list[Running] = []
        for number in range(takers):
            running = publisher.begin(self.test, f"taker{number}")
            is_good = number < takers - 2
            first, *rest = sorted(running.questions)
            running.answer(first, "c" if is_good and wrong else "b")
            for question in rest:
                running.answer(question, "b" if is_good else "a")
            running.submit()
            self.sessions.append(running)

    @property
    def first(self) -> str:
        return min(self.sessions[0].questions)

    def scores(self) -> list[str | None]:
        return [running.summary().data.get("score") for running in self.sessions]

    def rule(self, client: Client | None = None, **values: Any) -> Any:
        rulings = [{"questionId": self.first, "ruling": "kept"}]
        return (client or self.teacher).put(self.path, {"rulings": rulings, "reason": "It is right", **values})


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five takers are enough here."""
    monkeypatch.setattr(key_suspects, "FEWEST_TAKERS", 5)
    monkeypatch.setattr(key_suspects, "_FEWEST_OF_OPTION", 2)


@pytest.fixture
def after(clock: Clock, swept: Callable[[], None]) -> Callable[[], None]:
    """Goes on behind the end of the window, and runs what is due."""

    def go() -> None:
        clock.advance(minutes=70)
        swept()
        clock.advance(minutes=2)
        swept()

    return go


def test_results_wait_for_a_ruling_on_a_suspected_key(
    publisher: Publisher,
    bank: Bank,
    clock: Clock,
    after: Callable[[], None],
    swept: Callable[[], None],
    deliver: Callable[[], int],
) -> None:
    held = Sitting(publisher, clock, wrong=True)
    assert held.teacher.get(held.path).data["state"] == "awaited"
    assert held.rule().error.code == "NOT_HELD"
    after()
    shown = held.teacher.get(held.path).data
    assert (shown["state"], shown["takers"]) == ("held", 5)
    [suspect] = shown["suspects"]
    assert (suspect["questionId"], suspect["option"], suspect["tookIt"], suspect["tookKey"]) == (held.first, "c", 3, 2)
    assert held.scores() == [None] * 5
    assert all(not running.events("exam.released") for running in held.sessions)
    [told] = [each for each in held.client.cloud.outbox(held.client.tenant) if "keys_suspected" in each["DetailType"]]
    assert held.teacher.user_id in told["Detail"]
    unruled = held.rule(rulings=[{"questionId": "other", "ruling": "kept"}])
    assert unruled.error.fields == {"UNRULED_KEYS"}
    ruled = held.rule()
    assert (ruled.status, ruled.data["state"], ruled.data["suspects"][0]["ruling"]) == (200, "ruled", "kept")
    assert held.rule().data["state"] == "ruled"
    assert deliver() == 0
    clock.advance(minutes=2)
    swept()
    assert all(score is not None for score in held.scores())
    assert all(len(running.events("exam.released")) == 1 for running in held.sessions)
    actions = [each.action for each in find(AuditEvent, subject_id=held.id).items]
    assert actions == ["keys.rule"]


def test_a_clean_exam_is_released_by_itself(
    publisher: Publisher, bank: Bank, clock: Clock, after: Callable[[], None]
) -> None:
    clean = Sitting(publisher, clock, wrong=False)
    assert clean.scores() == [None] * 5
    after()
    assert clean.teacher.get(clean.path).data["state"] == "clear"
    assert clean.scores() == ["4.00", "4.00", "4.00", "1.00", "1.00"]
    assert clean.rule().error.code == "NOT_HELD"


def test_a_session_that_ends_after_the_review_is_held_too(
    publisher: Publisher, bank: Bank, clock: Clock, after: Callable[[], None], swept: Callable[[], None]
) -> None:
    held = Sitting(publisher, clock, wrong=True)
    late = publisher.begin(held.test, "late")
    after()
    assert late.session.state == "finished"
    clock.advance(minutes=3)
    swept()
    assert late.summary().data.get("score") is None
    assert late.session.released_at is None
    assert KeyReview.require(assessment_id=held.id).state == "held"


def test_who_does_not_mark_it_does_not_see_or_rule(
    publisher: Publisher, bank: Bank, clock: Clock, after: Callable[[], None]
) -> None:
    held = Sitting(publisher, clock, wrong=True)
    after()
    other = held.client.as_("other", "instructor")
    assert other.get(held.path).status == 404
    assert held.rule(other).status == 404
    assert held.client.as_("taker0", "student").get(held.path).status == 403


def test_a_review_without_a_window_is_refused(publisher: Publisher, bank: Bank) -> None:
    bank.topic(2)
    body = {"title": "Sets", "questionIds": bank.ids, "rules": {"reviewKeys": True}}
    assert publisher.instructor.post("/api/practice-tests", body).status == 400


def test_an_exam_without_a_review_says_so(publisher: Publisher, bank: Bank) -> None:
    test = publisher.test(2)
    assert publisher.instructor.get(f"/api/assessments/{test['assessmentId']}/key-review").data["state"] == "off"
