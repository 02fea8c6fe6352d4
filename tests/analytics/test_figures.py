"""Figures of learners: exact, whatever comes twice, late or out of order, and the same when worked out again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from lyceum.events.assignments import AssignmentGraded
from lyceum.events.courses import CourseCompleted, CourseEnrolled, CourseLeft, CourseUncompleted, LessonCompleted
from lyceum.events.exams import ExamReleased
from lyceum.events.study import StudyRecorded
from lyceum.kit.table import Entity, Unit, find_all
from lyceum.model.analytics.learners import FigureEntry, LearnerFigures, TopicEvidence, TopicFigures, WeekFigures
from tests.analytics.conftest import ALGEBRA, GEOMETRY, exam, live_in, regraded, rows
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.analytics.events import statistics as worker
from functions.analytics.figures import rebuilding

KINDS = (LearnerFigures, WeekFigures, TopicFigures, TopicEvidence)


def figures(user_id: str) -> dict[str, Any]:
    """Return everything that is kept of a learner's figures, but when and by whom it was written."""
    kept = {}
    for kind in KINDS:
        for item in find_all(kind, user_id=user_id):
            values = {name: getattr(item, name) for name in item.get_attributes()}
            unsaid = {"version", "updated_at", "updated_by", "created_at", "created_by", "outbox", "outbox_size"}
            kept[item.sk + item.pk] = {name: each for name, each in values.items() if name not in unsaid and each}
    return kept


def spoil(item: Entity, **values: int) -> None:
    for name, value in values.items():
        setattr(item, name, value)


def study(user_id: str, seconds: int = 600, **values: Any) -> StudyRecorded:
    fields: dict[str, Any] = {"day": "2027-01-11", "cause": "session", **values}
    return StudyRecorded(user_id=user_id, seconds=seconds, **fields)


def test_a_completion_counts_until_it_is_taken_back_in_whatever_order_that_is_told(
    client: Client, tell: Callable[..., None], syllabus: str
) -> None:
    def events(me: str) -> list[CourseCompleted | CourseUncompleted]:
        return [
            CourseCompleted(course_id=syllabus, user_id=me, title="Maths"),
            CourseUncompleted(course_id=syllabus, user_id=me, revision=2),
            CourseCompleted(course_id=syllabus, user_id=me, title="Maths", revision=3),
        ]

    for count, expected in ((1, 1), (2, 0), (3, 1)):
        for order in permutations(range(count)):
            learner = client.as_(f"learner{count}{order}", "student")
            told = events(learner.user_id)
            for place in order:
                tell(told[place])
            shown = LearnerFigures.fetch(user_id=learner.user_id)
            assert int(shown.courses_completed if shown else 0) == expected, order


def test_everything_counts_once_where_it_belongs(student: Client, tell: Callable[..., None], syllabus: str) -> None:
    me = student.user_id
    answers = [*rows("rrwb"), *rows("rp", GEOMETRY, "hard", 60)]
    tell(
        exam(me, answers, 60, title="Mock"),
        study(me, 600, seconds_by_topic={ALGEBRA: 600, "own-topic": 3}),
        study(me, 0, cause="review", questions=1, correct=1, answers_by_topic={GEOMETRY: (1, 1)}),
        LessonCompleted(course_id=syllabus, lesson_id="L", user_id=me),
        CourseEnrolled(course_id=syllabus, user_id=me),
        CourseCompleted(course_id=syllabus, user_id=me, title="Maths"),
        AssignmentGraded(
            assignment_id="A", course_id=syllabus, user_id=me, title="Essay", points=8, max_points=10, percent=80
        ),
    )
    shown = student.get(f"/api/users/{me}/analytics/dashboard").data
    totals = shown["totals"]
    expected = {
        "examsTaken": 1, "examsPassed": 1, "averagePercent": 60.0, "questionsAnswered": 5, "questionsRight": 3,
        "questionsPartlyRight": 1, "questionsWrong": 1, "questionsBlank": 1, "accuracyPercent": 70.0, "reviews": 1,
        "reviewsRemembered": 1, "studySeconds": 600, "examSeconds": 240, "studySessions": 1,
        "averageSessionSeconds": 600, "lessonsCompleted": 1, "coursesEnrolled": 1, "coursesCompleted": 1,
        "assignmentsGraded": 1, "assignmentsAveragePercent": 80.0,
    }  # fmt: skip
    assert totals == expected
    assert (shown["accuracy"], shown["averageScore"], shown["totalStudyTime"]) == (70.0, 60.0, 600)
    topic = student.get(f"/api/users/{me}/analytics/topic/{GEOMETRY}").data
    assert topic["title"] == "Géométrie"
    assert (topic["questions"], topic["reviews"], topic["mastery"]["evidence"]) == (2, 1, 3)
    hard = next(row for row in topic["byDifficulty"] if row["difficulty"] == "hard")
    assert (hard["right"], hard["partlyRight"], hard["accuracyPercent"], hard["meanSeconds"]) == (1, 1, 75.0, 60.0)
    assert {topic.topic_id for topic in find_all(TopicFigures, user_id=me)} == {ALGEBRA, GEOMETRY}


def test_what_comes_twice_or_in_any_order_is_counted_the_same(client: Client, clock: Clock, syllabus: str) -> None:
    seen = []
    for number, order in enumerate(list(permutations(range(4)))[::3]):
        me = client.as_(f"learner{number}", "student").user_id
        first = exam(me, rows("rrw"), 67)
        other = exam(me, rows("wp", GEOMETRY), 25, finished_at=clock.at - timedelta(days=3))
        stages = [first, regraded(first, rows("rww"), 33), regraded(first, rows("rrr"), 100, 3), other]
        messages = [_message(stages[place]) for place in order]
        for message in (*messages, *reversed(messages)):
            assert worker.handler({"Records": [message]}, LAMBDA)["batchItemFailures"] == []
        names = {me: "me", first.exam_id: "first", other.exam_id: "other"}
        seen.append(_renamed(figures(me), names))
        assert rebuilding.rebuild(me) == 0
    assert all(each == seen[0] for each in seen)


def _renamed(kept: dict[str, Any], names: dict[str, str]) -> list[str]:
    texts = sorted(f"{key} {value}" for key, value in kept.items())
    for name, short in names.items():
        texts = [text.replace(name, short) for text in texts]
    return sorted(texts)


def _message(event: Any) -> dict[str, Any]:
    entry = {"Detail": event.model_dump_json(by_alias=True), "DetailType": event.name, "Source": "lyceum"}
    return record(entry)


def test_a_regrade_that_leaves_everything_out_takes_the_exam_off(
    student: Client, tell: Callable[..., None], syllabus: str
) -> None:
    me = student.user_id
    done = exam(me, rows("rrw"), 67)
    tell(done)
    tell(regraded(done, [{**row, "max_score": "0"} for row in rows("rrw")], None))
    shown = student.get(f"/api/analytics/{me}").data
    assert shown["performance"]["examsTaken"] == shown["performance"]["questionsAnswered"] == 0
    assert shown["recentActivity"] == []
    topic = student.get(f"/api/users/{me}/analytics/topic/{ALGEBRA}").data
    assert topic["mastery"]["evidence"] == 0
    assert rebuilding.rebuild(me) == 0


def test_what_is_kept_back_says_nothing_until_it_is_released(
    student: Client, tell: Callable[..., None], syllabus: str
) -> None:
    me = student.user_id
    kept_back = exam(me, rows("rrw"), 67, is_released=False)
    tell(kept_back)
    assert student.get(f"/api/users/{me}/analytics/dashboard").data["totals"]["questionsAnswered"] == 0
    values = kept_back.model_dump(exclude={"event_id", "cause", "pending", "is_released", "revision", "at"})
    tell(ExamReleased(**values, revision=1))
    assert student.get(f"/api/users/{me}/analytics/dashboard").data["totals"]["questionsAnswered"] == 3


def test_an_exam_of_very_many_topics_counts_in_parts(student: Client, tell: Callable[..., None]) -> None:
    me = student.user_id
    topics = [f"{number:026d}" for number in range(90)]
    tell(exam(me, [row for topic in topics for row in rows("rw", topic)], 50))
    assert len(list(find_all(TopicFigures, user_id=me))) == 90
    assert len(list(find_all(FigureEntry, user_id=me))) == 4
    assert student.get(f"/api/users/{me}/analytics/dashboard").data["totals"]["questionsAnswered"] == 180
    assert rebuilding.rebuild(me) == 0


def test_days_are_those_of_the_learner(student: Client, tell: Callable[..., None], clock: Clock) -> None:
    me = student.user_id
    live_in(me, "Pacific/Auckland")
    clock.move_to(datetime(2027, 1, 17, 12, 30, tzinfo=UTC))
    tell(exam(me, rows("rw"), 50))
    shown = student.get(f"/api/users/{me}/analytics/trends", {"period": "7d"}).data
    assert [(day["date"], day["questions"]) for day in shown["days"] if day["questions"]] == [("2027-01-18", 2)]
    assert shown["days"][-1]["date"] == "2027-01-18"
    assert student.get(f"/api/users/{me}/analytics/dashboard").data["preferredStudyHours"] == [1]


def test_what_was_lost_or_spoilt_is_found_again(student: Client, tell: Callable[..., None], syllabus: str) -> None:
    me = student.user_id
    told = exam(me, [*rows("rrw"), *rows("w", GEOMETRY)], 50)
    tell(told, study(me, 300), CourseEnrolled(course_id=syllabus, user_id=me), CourseLeft(course_id="x", user_id=me))
    right = figures(me)
    lost = exam(me, rows("ww"), 0)
    all_figures = LearnerFigures.require(user_id=me)
    spoil(all_figures, exams=17, hour_3=5)
    week = next(iter(find_all(WeekFigures, user_id=me)))
    spoil(week, seconds_5=99)
    topic = TopicFigures.require(user_id=me, topic_id=ALGEBRA)
    spoil(topic, easy_right=40, mastery=1)
    Unit().put(all_figures).put(week).put(topic).remove(TopicFigures.at(user_id=me, topic_id=GEOMETRY)).commit()
    assert rebuilding.rebuild(me) > 0
    assert rebuilding.rebuild(me) == 0
    found = student.get(f"/api/users/{me}/analytics/dashboard").data["totals"]
    assert (found["examsTaken"], found["questionsAnswered"], found["studySeconds"]) == (2, 6, 300)
    tell(lost)
    assert student.get(f"/api/users/{me}/analytics/dashboard").data["totals"]["examsTaken"] == 2
    assert len(figures(me)) == len(right)


@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
def test_a_period_goes_from_its_first_day_to_today(student: Client, clock: Clock, period: str) -> None:
    clock.move_to(datetime(2027, 8, 18, 9, tzinfo=UTC))
    first = {"week": "2027-08-16", "month": "2027-08-01", "quarter": "2027-07-01", "year": "2027-01-01"}[period]
    shown = student.get("/api/analytics", {"period": period}).data
    assert (shown["fromDate"], shown["toDate"]) == (first, "2027-08-18")
    assert shown["days"][0]["date"] == first
    assert shown["definitionVersion"] == 1
