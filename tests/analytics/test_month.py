"""A month of one student, whose figures are worked out a second time from nothing but what was told.

The script below knows the events and the marks, and shares no code with the fold: days, sums, and mastery in fractions.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from lyceum.events.courses import CourseEnrolled, LessonCompleted
from lyceum.events.exams import ExamCompleted
from lyceum.events.study import StudyRecorded
from tests.analytics.conftest import ALGEBRA, COURSE, GEOMETRY, exam, live_in, regraded, rows
from tests.support.clock import Clock
from tests.support.http import Client

from functions.analytics.figures import rebuilding

LAGOS = ZoneInfo("Africa/Lagos")
TOPICS = {ALGEBRA: "easy", GEOMETRY: "hard"}


def test_a_months_figures_are_those_of_its_events(
    student: Client, tell: Callable[..., None], clock: Clock, syllabus: str
) -> None:
    me, chance = student.user_id, Random(11)
    live_in(me, "Africa/Lagos")
    told: list[Any] = [CourseEnrolled(course_id=COURSE, user_id=me)]
    final: dict[str, tuple[ExamCompleted, list[dict[str, Any]], int]] = {}
    for number in range(30):
        clock.move_to(datetime(2027, 1, 1, 22, 50, tzinfo=UTC) + timedelta(days=number, minutes=chance.randrange(60)))
        today = clock.at.astimezone(LAGOS).date().isoformat()
        if number % 2 == 0:
            marks = [
                *rows("".join(chance.choices("rpwb", k=4)), ALGEBRA, "easy", chance.randrange(20, 60)),
                *rows("".join(chance.choices("rw", k=2)), GEOMETRY, "hard", 30),
            ]
            done = exam(me, marks, chance.randrange(101), title=f"Mock {number}")
            final[done.exam_id] = (done, marks, int(done.percent or 0))
            told.append(done)
        if number % 3:
            told.append(StudyRecorded(user_id=me, day=today, cause="session", seconds=chance.randrange(60, 4000)))
        if number % 5 == 0:
            told.append(LessonCompleted(course_id=COURSE, lesson_id=f"L{number}", user_id=me))
            answer = {ALGEBRA: (1, chance.randrange(2))}
            told.append(
                StudyRecorded(
                    user_id=me,
                    day=today,
                    cause="review",
                    questions=1,
                    correct=answer[ALGEBRA][1],
                    answers_by_topic=answer,
                )
            )
        if number == 20:
            early = next(iter(final.values()))[0]
            marks = [*rows("rrrr", ALGEBRA), {**rows("w", GEOMETRY, "hard")[0], "max_score": "0"}]
            told.append(regraded(early, marks, 90))
            final[early.exam_id] = (early, marks, 90)
    chance.shuffle(told)
    tell(*told)
    expected = Script(told, list(final.values()))
    shown = student.get(f"/api/users/{me}/analytics/trends", {"period": "30d"}).data
    assert {day["date"]: day["seconds"] for day in shown["days"] if day["seconds"]} == expected.seconds
    assert {day["date"]: day["questions"] for day in shown["days"] if day["questions"]} == expected.answered
    assert {day["date"]: day["exams"] for day in shown["days"] if day["exams"]} == expected.exams
    totals = student.get(f"/api/users/{me}/analytics/dashboard").data["totals"]
    assert totals["averagePercent"] == expected.average()
    assert totals["accuracyPercent"] == expected.accuracy()
    assert totals["studySeconds"] == sum(expected.seconds.values())
    assert (totals["lessonsCompleted"], totals["reviews"]) == (6, 6)
    for topic_id in TOPICS:
        seen = student.get(f"/api/users/{me}/analytics/topic/{topic_id}").data["mastery"]
        assert seen["evidence"] == len(expected.evidence(topic_id))
        assert abs(seen["estimate"] - float(expected.mastery(topic_id))) < 1e-4
    assert rebuilding.rebuild(me) == 0


class Script:
    """Figures by another hand: over lists, day by day, in fractions."""

    def __init__(self, told: list[Any], final: list[tuple[ExamCompleted, list[dict[str, Any]], int]]) -> None:
        self.final = final
        self.reviews = [each for each in told if isinstance(each, StudyRecorded) and each.cause == "review"]
        self.seconds: dict[str, int] = defaultdict(int)
        self.answered: dict[str, int] = defaultdict(int)
        self.exams: dict[str, int] = defaultdict(int)
        for each in told:
            if isinstance(each, StudyRecorded) and each.seconds:
                self.seconds[each.day] += each.seconds
        for done, marks, _ in final:
            day = done.finished_at.astimezone(LAGOS).date().isoformat()
            self.exams[day] += 1
            self.answered[day] += len([row for row in self.counted(marks) if row["outcome"] != "blank"])

    def counted(self, marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in marks if row["max_score"] != "0"]

    def average(self) -> float:
        return round(sum(percent for _, _, percent in self.final) / len(self.final), 2)

    def accuracy(self) -> float:
        outcomes = [row["outcome"] for _, marks, _ in self.final for row in self.counted(marks)]
        credit = Fraction(outcomes.count("right")) + Fraction(outcomes.count("partial"), 2)
        return round(float(100 * credit / len([each for each in outcomes if each != "blank"])), 2)

    def evidence(self, topic_id: str) -> list[str]:
        """Return the answers in a topic, in the order of time, and at one time in that of their names."""
        sources: list[tuple[int, str, list[str]]] = []
        for done, marks, _ in self.final:
            seen = [row["outcome"] for row in self.counted(marks) if row["topic_id"] == topic_id]
            sources.append((int(done.finished_at.timestamp()), f"exam#{done.exam_id}", seen))
        for each in self.reviews:
            if topic_id in each.answers_by_topic:
                outcome = "right" if each.answers_by_topic[topic_id][1] else "wrong"
                sources.append((int(each.at.timestamp()), f"review#{each.event_id}", [outcome]))
        return [outcome for _, _, seen in sorted(sources)[-40:] for outcome in seen if outcome != "blank"]

    def mastery(self, topic_id: str) -> Fraction:
        start, learn, slip, guess = Fraction(3, 10), Fraction(1, 10), Fraction(1, 10), Fraction(2, 10)
        known = start
        for outcome in self.evidence(topic_id):
            right = known * (1 - slip) / (known * (1 - slip) + (1 - known) * guess)
            wrong = known * slip / (known * slip + (1 - known) * (1 - guess))
            seen = {"right": right, "wrong": wrong}.get(outcome, (right + wrong) / 2)
            known = seen + (1 - seen) * learn
            known = known.limit_denominator(10**12)
        return known
