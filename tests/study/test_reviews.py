"""Reviews: fed by exams, due by the student's own day, graded once."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lyceum.events.exams import ExamGraded, ExamReleased
from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit, find_all
from lyceum.model.study.learners import Learner
from lyceum.model.study.reviews import ReviewCard, ReviewLog, ReviewPile
from tests.study.conftest import Student, question
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.workers import deliver

from functions.study import jobs
from functions.study.reviews import memory

DUE = "/api/reviews/due"


def cards(user_id: str) -> dict[str, ReviewCard]:
    """The cards of a student by question, those that wait in piles among them."""
    piled = [card for pile in find_all(ReviewPile, user_id=user_id) for card in pile.cards()]
    return {card.question_id: card for card in (*piled, *find_all(ReviewCard, user_id=user_id))}


def test_answers_of_an_exam_are_grades(student: Student, questions: list[str], sit: Callable[..., str]) -> None:
    sit(["right", "wrong", "partial", "right", "blank"], [20, 20, 20, 200, 0])
    found = cards(student.client.user_id)
    assert set(found) == set(questions[:4])
    (log,) = find_all(ReviewLog, user_id=student.client.user_id)
    grades = {row["question_id"]: row for row in log.grades}
    assert [grades[name]["rating"] for name in questions[:4]] == [3, 1, 2, 2]
    assert [Decimal(grades[name]["stability"]) for name in questions[:4]] == [
        found[name].stability for name in questions[:4]
    ]
    assert [found[name].due_at - clocks.now() for name in questions[:4]] == [
        timedelta(days=each) for each in (2, 1, 1, 1)
    ]
    assert (log.source, log.question_id, log.rating) == ("exam", None, None)
    goals = student.client.get("/api/study/goals").data
    assert (goals["daily"]["questionsDone"], goals["streak"]["current"]) == (4, 1)
    assert goals["days"][-1] == {"date": "2027-01-11", "seconds": 260, "questions": 4, "correct": 2}


def test_a_result_that_is_kept_back_gives_no_card_before_its_release(
    student: Student, sit: Callable[..., str], settle: Callable[[], None]
) -> None:
    exam_id = sit(["wrong", "wrong"], is_released=False)
    assert cards(student.client.user_id) == {}
    facts: dict[str, Any] = {
        "exam_id": exam_id,
        "user_id": student.client.user_id,
        "mode": "practice",
        "score": Decimal(1),
        "max_score": Decimal(2),
        "percent": Decimal(50),
        "passed": True,
        "finished_at": clocks.now(),
        "topic_ids": [],
        "revision": 1,
    }
    released = ExamReleased(**facts)
    Unit().create(OutboxItem.of(released), released).commit()
    settle()
    assert len(cards(student.client.user_id)) == 2
    again = ExamGraded(**facts, earlier_revision=1)
    Unit().create(OutboxItem.of(again), again).commit()
    settle()
    assert {int(card.repetitions) for card in cards(student.client.user_id).values()} == {1}


def test_an_exam_that_is_told_of_twice_counts_once(
    student: Student, sit: Callable[..., str], settle: Callable[[], None], client: Client, tenant: str
) -> None:
    sit(["right", "wrong"])
    assert deliver(client.cloud, tenant, only="study") == 0
    assert {int(card.repetitions) for card in cards(student.client.user_id).values()} == {1}
    assert student.client.get("/api/study/goals").data["daily"]["questionsDone"] == 2


def test_time_of_an_exam_within_a_study_session_is_counted_once(
    student: Student, clock: Clock, sit: Callable[..., str]
) -> None:
    session_id = student.client.post("/api/study-sessions", {}).data["sessionId"]
    clock.advance(minutes=10)
    student.client.patch(f"/api/study-sessions/{session_id}", {"action": "finish"})
    sit(["right", "wrong"], [200, 100])
    assert student.client.get("/api/study-sessions").data["secondsToday"] == 600


def test_the_queue_is_of_the_students_day_which_turns_at_four(
    student: Student, clock: Clock, sit: Callable[..., str]
) -> None:
    student.live_in("Africa/Lagos")
    sit(["wrong"])  # at 10:00 in Lagos, so it is due at 10:00 of the 12th
    clock.move_to(datetime(2027, 1, 12, 2, 59, tzinfo=UTC))
    assert student.client.get(DUE).data["date"] == "2027-01-11"
    assert student.client.get(DUE).data["reviews"] == []
    clock.move_to(datetime(2027, 1, 12, 3, 0, tzinfo=UTC))
    found = student.client.get(DUE)
    assert (found.data["date"], found.data["dayEndsAt"]) == ("2027-01-12", "2027-01-13T03:00:00.000Z")
    assert [review["question"]["stem"] for review in found.data["reviews"]] == ["What is 2 + 2?"]
    assert found.cost.requests == 2
    assert "correct" not in found.body


def test_a_pile_after_a_break_is_capped_and_begins_with_what_is_remembered_best(
    student: Student, questions: list[str], clock: Clock, sit: Callable[..., str]
) -> None:
    sit(["wrong", "right", "partial", "right", "wrong"])
    clock.advance(days=40)
    found = student.client.get(DUE, {"dailyCap": 3}).data
    assert (found["dueCount"], found["leftToday"], len(found["reviews"])) == (5, 3, 3)
    chances = [review["retrievability"] for review in found["reviews"]]
    assert chances == sorted(chances, reverse=True)
    assert {review["questionId"] for review in found["reviews"][:2]} == {questions[1], questions[3]}


def test_a_grade_moves_the_card_and_counts_towards_the_cap(
    student: Student, questions: list[str], clock: Clock, sit: Callable[..., str], settle: Callable[[], None]
) -> None:
    sit(["wrong", "wrong"])
    clock.advance(days=1)
    student.client.get(DUE)
    graded = student.client.post(f"/api/reviews/{questions[0]}", {"rating": "good", "durationSeconds": 12})
    assert graded.data["repetitions"] == 2
    assert graded.data["intervalDays"] >= 1
    assert graded.cost.requests <= 3  # the limit, the read, the write
    settle()
    found = student.client.get(DUE, {"dailyCap": 2}).data
    assert (found["doneToday"], found["leftToday"]) == (1, 1)
    assert [review["questionId"] for review in found["reviews"]] == [questions[1]]
    logs = [log for log in find_all(ReviewLog, user_id=student.client.user_id) if log.source == "review"]
    assert [(int(log.rating), int(log.duration_seconds)) for log in logs] == [(3, 12)]
    assert math.isclose(float(logs[0].elapsed_days), 1.0)


def test_a_grade_that_is_sent_twice_counts_once_and_a_stale_one_not_at_all(
    student: Student, questions: list[str], clock: Clock
) -> None:
    path, review_id = f"/api/reviews/{questions[0]}", ids.new_id()
    first = student.client.post(path, {"rating": "good", "reviewId": review_id}).data
    assert student.client.post(path, {"rating": "good", "reviewId": review_id}).data == first
    clock.advance(days=3)
    assert student.client.post(path, {"rating": "easy", "repetitions": 1}).data["repetitions"] == 2
    refused = student.client.post(path, {"rating": "again", "repetitions": 1})
    assert (refused.status, refused.error.code) == (409, "EDIT_CONFLICT")


def test_two_devices_that_grade_at_once_grade_once(
    student: Student, questions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/reviews/{questions[0]}"
    save = Unit.save

    def late(self: Unit, item: Any, *args: Any, **options: Any) -> Unit:
        if isinstance(item, ReviewCard):
            monkeypatch.setattr(Unit, "save", save)
            assert student.client.post(path, {"rating": "good"}).status == 200
        return save(self, item, *args, **options)

    monkeypatch.setattr(Unit, "save", late)
    assert student.client.post(path, {"rating": "again"}).status == 409
    assert int(cards(student.client.user_id)[questions[0]].repetitions) == 1


def test_what_is_secret_or_gone_is_neither_asked_nor_graded(
    student: Student, questions: list[str], clock: Clock, sit: Callable[..., str]
) -> None:
    sit(["wrong", "wrong", "wrong"])
    clock.advance(days=2)
    secret = question(questions[0], embargoed_until=clocks.now() + timedelta(days=1))
    Unit().put(secret).put(question(questions[1], status="retired")).commit()
    assert [review["questionId"] for review in student.client.get(DUE).data["reviews"]] == [questions[2]]
    for name in (questions[0], questions[1], ids.new_id()):
        assert student.client.post(f"/api/reviews/{name}", {"rating": "good"}).status == 404
    assert student.client.post(f"/api/reviews/{questions[2]}", {"rating": "perfect"}).status == 400


def test_retention_rises_towards_the_exam_and_no_interval_leads_past_it(
    student: Student, questions: list[str], clock: Clock
) -> None:
    assert [memory.retention(days) for days in (None, 100, 60, 30, 7, 1)] == [0.9, 0.9, 0.9, 0.93, 0.95, 0.95]
    exam = (clocks.now() + timedelta(days=5)).date()
    card = ReviewCard(user_id="u", question_id="q", due_at=clocks.now())
    for _ in range(4):
        memory.grade(card, 4, clock.advance(hours=1), exam)
        assert card.due_at.date() <= exam
    later = ReviewCard(user_id="u", question_id="q", due_at=clocks.now())
    memory.grade(later, 4, clocks.now(), date(2029, 1, 1))
    assert (later.due_at - clocks.now()).days >= 7


def test_the_plan_of_a_course_moves_its_reviews_before_the_exam(
    student: Student, questions: list[str], clock: Clock, syllabus: Any
) -> None:
    Unit().put(question(questions[0], course_id=syllabus.course_id)).commit()
    student.plan(courseId=syllabus.course_id, targetDate="2027-01-14")
    graded = student.client.post(f"/api/reviews/{questions[0]}", {"rating": "easy"}).data
    assert 1 <= graded["intervalDays"] <= 3


def test_the_same_grades_come_to_the_same_day_on_each_device(clock: Clock) -> None:
    def graded() -> datetime:
        card = ReviewCard(user_id="u", question_id="q", due_at=clocks.now())
        for days in (0, 5, 20):
            memory.grade(card, 3, clocks.now() + timedelta(days=days))
        return card.due_at

    assert graded() == graded()


def test_reviews_that_wait_are_told_of_once_a_day_at_the_students_time(
    cloud: Cloud, tenant: str, student: Student, clock: Clock, sit: Callable[..., str]
) -> None:
    sit(["wrong", "wrong"])
    learner = Learner.require(user_id=student.client.user_id, consistent=True)
    assert learner.remind_bucket == "2027-01-11T17:00"
    for _ in range(60):
        clock.advance(hours=1)
        run(jobs, "review_reminders")
    assert deliver(cloud, tenant, only="notifications") == 0
    inbox = student.client.get("/api/notifications").data
    told = [message["body"] for message in inbox if message["type"] == "review.due"]
    assert told == ["2 questions wait for your review today."] * 2


def test_a_reminder_waits_for_the_next_card_and_comes_sooner_when_there_is_an_earlier_one(
    student: Student, questions: list[str], clock: Clock, settle: Callable[[], None]
) -> None:
    student.client.post(f"/api/reviews/{questions[0]}", {"rating": "easy"})
    settle()
    due_on = cards(student.client.user_id)[questions[0]].due_at.date()

    def bucket() -> str:
        return str(Learner.require(user_id=student.client.user_id, consistent=True).remind_bucket)

    assert bucket() == "2027-01-11T17:00"
    clock.advance(hours=9)
    run(jobs, "review_reminders")
    assert bucket() == f"{due_on}T17:00"
    student.client.post(f"/api/reviews/{questions[1]}", {"rating": "again"})
    settle()
    assert bucket() == "2027-01-12T17:00"


def test_nobody_sees_anothers_reviews(client: Client, student: Student, clock: Clock, sit: Callable[..., str]) -> None:
    sit(["wrong"])
    clock.advance(days=1)
    assert client.as_("eve", "student").get(DUE).data["reviews"] == []
