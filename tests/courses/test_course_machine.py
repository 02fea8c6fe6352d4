"""A course in which everything changes in any order, against a model that is reckoned from scratch.

Parts come, go and change; dates move; students come, go, hand in and are graded again; workers are fed twice and late.
After that every percentage, completion, list and statistic is what the model says.
"""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from lyceum.events.courses import QuizPublished, QuizWithdrawn
from lyceum.events.exams import ExamCompleted, ExamGraded
from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.catalog import Department
from tests.courses.conftest import COURSE, School
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client
from tests.support.workers import consumers, record, wants

START = datetime.fromisoformat("2027-01-11T09:00:00+00:00")
CENT, MOST = Decimal("0.01"), 20
NAMES = ("ada", "bola", "chi")
WEIGHTS = (None, {"homework": 30, "project": 70}, {"homework": 50, "quiz": 50}, {"lab1": 10})
numbers = st.integers(0, 7)
people = st.sampled_from(NAMES)


@dataclass
class Work:
    """An assignment of the model: its terms, who handed in when, and what was given for which attempt."""

    title: str = "Essay"
    category: str = "homework"
    is_required: bool = True
    due_at: datetime | None = None
    per_day: int = 0
    extended: dict[str, datetime] = field(default_factory=dict)
    handed_in: dict[str, list[datetime]] = field(default_factory=dict)
    given: dict[str, tuple[Decimal, int]] = field(default_factory=dict)

    def due(self, name: str) -> datetime | None:
        return max(self.due_at, self.extended.get(name, self.due_at)) if self.due_at else None

    def late(self, name: str, attempt: int) -> int:
        due, at = self.due(name), self.handed_in[name][attempt - 1]
        return max(0, ceil((at - due) / timedelta(days=1))) if due else 0

    def final(self, name: str) -> Decimal:
        points, attempt = self.given[name]
        kept = max(Decimal(20), Decimal(100 - self.per_day * (self.late(name, attempt) if attempt else 0)))
        return (points * (kept if self.per_day else 100) / 100).quantize(CENT, ROUND_HALF_UP)

    def state(self, name: str) -> str:
        attempts = len(self.handed_in.get(name, []))
        if name in self.given and self.given[name][1] == attempts:
            return "graded"
        return "submitted" if attempts else "not_started"


@dataclass
class Quiz:
    """A quiz of the model: whether it is listed, and the scores by student and exam."""

    is_listed: bool = False
    is_required: bool = True
    scores: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass
class Place:
    """A student's place in the model."""

    is_active: bool = False
    done: set[str] = field(default_factory=set)
    is_completed: bool = False


class CourseMachine(RuleBasedStateMachine):
    """The course and its model, step by step."""

    cloud: ClassVar[Cloud]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        tenant = self.stack.enter_context(self.cloud.new_tenant())
        self.clock = self.stack.enter_context(Clock())
        self.clock.move_to(START)
        client = Client(self.cloud, tenant)
        department_id = ids.new_id()
        about = {"faculty_id": ids.new_id(), "university_id": ids.new_id(), "name": "Computing", "sort_name": "c"}
        write_many([Department(department_id=department_id, **about)])
        self.school = School(client, department_id)
        self.delivered: dict[str, dict[str, Any]] = {}
        self.course_id = self.school.course(timeZone="Africa/Lagos")
        self.path = f"/api/courses/{self.course_id}"
        self.students = {name: client.as_(name, "student") for name in NAMES}
        self.places: dict[str, Place] = {}
        self.lessons: dict[str, bool] = {}
        self.works: dict[str, Work] = {}
        self.quizzes: dict[str, Quiz] = {}
        self.weights: dict[str, int] | None = None
        self.steps = 0
        self.is_handed_over = False
        self.settle()

    # what happens

    @rule(is_required=st.booleans())
    def add_lesson(self, is_required: bool) -> None:
        self.lessons[self.school.lesson(self.course_id, isRequired=is_required)] = is_required
        self.settle()

    @rule(number=numbers)
    def delete_lesson(self, number: int) -> None:
        for lesson_id in self.one_of(self.lessons, number):
            assert self.school.teacher.delete(f"{self.path}/lessons/{lesson_id}").status == 200
            del self.lessons[lesson_id]
            self.settle()

    @rule(number=numbers)
    def turn_lesson(self, number: int) -> None:
        for lesson_id in self.one_of(self.lessons, number):
            self.lessons[lesson_id] = not self.lessons[lesson_id]
            body = {"title": "Turned", "isRequired": self.lessons[lesson_id]}
            assert self.school.teacher.put(f"{self.path}/lessons/{lesson_id}", body).status == 200
            self.settle()

    @rule(name=people, number=numbers)
    def complete_lesson(self, name: str, number: int) -> None:
        for lesson_id in self.one_of(self.lessons, number):
            is_active = name in self.places and self.places[name].is_active
            assert self.school.complete(self.students[name], lesson_id).status == (200 if is_active else 403)
            if is_active:
                self.places[name].done.add(lesson_id)
            self.settle()

    @rule(category=st.sampled_from(["homework", "project", "lab1"]), is_required=st.booleans())
    def add_assignment(self, category: str, is_required: bool) -> None:
        work = Work(category=category, is_required=is_required, due_at=self.clock.at + timedelta(hours=30))
        body = {**self.body_of(work), "courseId": self.course_id}
        reply = self.school.teacher.post("/api/assignments", body)
        self.works[str(reply.data["assignmentId"])] = work
        self.settle()

    @rule(
        number=numbers,
        category=st.sampled_from(["homework", "project", "lab1"]),
        is_required=st.booleans(),
        hours=st.one_of(st.none(), st.integers(-100, 100)),
        per_day=st.sampled_from([0, 10, 35]),
    )
    def change_assignment(self, number: int, category: str, is_required: bool, hours: int | None, per_day: int) -> None:
        for assignment_id in self.one_of(self.works, number):
            work = self.works[assignment_id]
            work.category, work.is_required, work.per_day = category, is_required, per_day
            work.title = f"Essay of {category}"
            work.due_at = None if hours is None else self.clock.at + timedelta(hours=hours)
            self.put(assignment_id)

    @rule(number=numbers, name=people, hours=st.integers(-60, 100))
    def extend(self, number: int, name: str, hours: int) -> None:
        for assignment_id in self.one_of(self.works, number):
            self.works[assignment_id].extended[name] = self.clock.at + timedelta(hours=hours)
            self.put(assignment_id)

    @rule(number=numbers)
    def delete_assignment(self, number: int) -> None:
        for assignment_id in self.one_of(self.works, number):
            admin = self.school.client.as_("admin")
            path = f"/api/assignments/{assignment_id}"
            assert admin.send("DELETE", path, None, {"force": "true"}).status == 200
            del self.works[assignment_id]
            self.settle()

    @rule(name=people, number=numbers)
    def submit(self, name: str, number: int) -> None:
        for assignment_id in self.one_of(self.works, number):
            attempts = self.works[assignment_id].handed_in.get(name, [])
            is_active = name in self.places and self.places[name].is_active
            body = {"assignmentId": assignment_id, "text": "<p>Mine.</p>"}
            status = self.students[name].post("/api/assignments/submit", body).status
            assert status == (403 if not is_active else 422 if len(attempts) == 3 else 200)
            if status == 200:
                self.works[assignment_id].handed_in[name] = [*attempts, self.clock.at]
                self.places[name].done.add(assignment_id)
            self.settle()

    @rule(name=people, number=numbers, points=st.integers(0, MOST))
    def grade(self, name: str, number: int, points: int) -> None:
        for assignment_id in self.one_of(self.works, number):
            work = self.works[assignment_id]
            body = {"userId": self.students[name].user_id, "points": str(points)}
            status = self.school.teacher.post(f"/api/assignments/{assignment_id}/grade", body).status
            assert status == (200 if name in self.places else 404)
            if status == 200:
                work.given[name] = Decimal(points), len(work.handed_in.get(name, []))
                if points:
                    self.places[name].done.add(assignment_id)
            self.settle()

    @rule(number=st.integers(0, 1), is_listed=st.booleans(), is_required=st.booleans())
    def list_quiz(self, number: int, is_listed: bool, is_required: bool) -> None:
        quiz_id, about = f"quiz{number}", {"course_id": self.course_id}
        quiz = self.quizzes.setdefault(quiz_id, Quiz())
        quiz.is_listed, quiz.is_required = is_listed, is_required
        published = QuizPublished(**about, quiz_id=quiz_id, title=quiz_id, is_required=is_required)
        self.tell(published if is_listed else QuizWithdrawn(**about, quiz_id=quiz_id))

    @rule(name=people, number=st.integers(0, 1), exam=st.integers(0, 2), score=st.integers(0, 10))
    def take_quiz(self, name: str, number: int, exam: int, score: int) -> None:
        if name not in self.places:
            return
        quiz_id, exam_id = f"quiz{number}", f"{name}{number}{exam}"
        scores = self.quizzes.setdefault(quiz_id, Quiz()).scores.setdefault(name, {})
        self.steps += 1
        facts = {
            "mode": "quiz",
            "cause": "submitted",
            "passed": score >= 5,
            "score": score,
            "max_score": 10,
            "percent": 10 * score,
            "finished_at": "2027-01-11T09:00:00Z",
            "topic_ids": [],
            "revision": self.steps,
            "exam_id": exam_id,
            "user_id": self.students[name].user_id,
            "course_id": self.course_id,
            "quiz_id": quiz_id,
        }
        kind = ExamGraded if exam_id in scores else ExamCompleted
        scores[exam_id] = score
        self.judge_quiz(name, quiz_id)
        self.tell(kind.model_validate(facts))

    def judge_quiz(self, name: str, quiz_id: str) -> None:
        """A quiz is done while one attempt at it is passed, and so is a course that asks for it."""
        place = self.places[name]
        if any(score >= 5 for score in self.quizzes[quiz_id].scores[name].values()):
            place.done.add(quiz_id)
        elif quiz_id in place.done:
            place.done.discard(quiz_id)
            place.is_completed = place.is_completed and quiz_id not in self.required()

    @rule(weights=st.sampled_from(WEIGHTS))
    def weigh(self, weights: dict[str, int] | None) -> None:
        self.weights = weights
        grading = {"weights": weights} if weights else None
        body = {**COURSE, "timeZone": "Africa/Lagos", "grading": grading}
        assert self.school.teacher.put(self.path, body).status == 200
        self.settle()

    @rule(name=people)
    def enter(self, name: str) -> None:
        is_active = name in self.places and self.places[name].is_active
        assert self.students[name].post(f"{self.path}/enroll").status == (409 if is_active else 201)
        self.places.setdefault(name, Place()).is_active = True
        self.settle()

    @rule(name=people)
    def leave(self, name: str) -> None:
        is_active = name in self.places and self.places[name].is_active
        assert self.students[name].delete(f"{self.path}/enroll").status == (200 if is_active else 404)
        if is_active:
            self.places[name].is_active = False
        self.settle()

    @rule()
    def change_hands(self) -> None:
        """Hand the course over to a colleague, or back; whose it was goes on teaching it, and nothing else changes."""
        colleague = self.school.client.as_("colleague", "instructor")
        owner, other = (self.school.teacher, colleague) if not self.is_handed_over else (colleague, self.school.teacher)
        body = {"instructorId": other.user_id, "teacherIds": [owner.user_id]}
        assert owner.put(f"{self.path}/teachers", body).data["instructorId"] == other.user_id
        self.is_handed_over = not self.is_handed_over
        self.settle()

    @rule()
    def copy(self) -> None:
        """A copy has the parts of now, and nobody in it."""
        copied = self.school.teacher.post(f"{self.path}/copy", {"title": "Copy"}).data["courseId"]
        self.settle()
        shown = self.school.teacher.get(f"/api/courses/{copied}").data
        counts = {name: shown["statistics"][name] for name in ("lessons", "assignments", "enrolments", "totalQuizzes")}
        assert counts == {
            "lessons": len(self.lessons),
            "assignments": len(self.works),
            "enrolments": 0,
            "totalQuizzes": 0,
        }
        assert [each["isRequired"] for each in shown["lessons"]["items"]] == list(self.lessons.values())
        titles = [(each["title"], each["category"]) for each in shown["assignments"]["items"]]
        assert sorted(titles) == sorted((work.title, work.category) for work in self.works.values())

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @rule(number=st.integers(0, 10_000))
    def repeat(self, number: int) -> None:
        entries = list(self.delivered.values())
        self.hand_over(entries[number % len(entries)])

    # what has to be so

    @rule()
    def look(self) -> None:
        self.compare()

    def teardown(self) -> None:
        try:
            self.compare()
        finally:
            self.stack.close()

    def compare(self) -> None:
        shown = self.school.client.get(self.path).data
        active = [each for each in self.places.values() if each.is_active]
        assert shown["statistics"] == {
            "enrolments": len(active),
            "completions": sum(each.is_completed for each in self.places.values()),
            "lessons": len(self.lessons),
            "assignments": len(self.works),
            "totalQuizzes": sum(each.is_listed for each in self.quizzes.values()),
            "questions": 0,
        }
        listed = self.school.teacher.get(f"{self.path}/students")
        assert {row["userId"] for row in listed.data} == {
            self.students[name].user_id for name, place in self.places.items() if place.is_active
        }
        assert listed.pagination["total"] == len(active)
        book = self.school.teacher.get(f"{self.path}/gradebook").data
        titles = {column["id"]: (column["title"], column["category"]) for column in book["columns"]}
        quizzes = {each: (each, "quiz") for each, quiz in self.quizzes.items() if quiz.is_listed}
        assert titles == {each: (work.title, work.category) for each, work in self.works.items()} | quizzes
        rows = {row["student"]["userId"]: row for row in book["rows"]}
        assert set(rows) == {self.students[name].user_id for name in self.places}
        for name in self.places:
            self.compare_student(name, rows[self.students[name].user_id], list(titles))
        for assignment_id in self.works:
            self.compare_assignment(assignment_id)

    def compare_student(self, name: str, row: dict[str, Any], columns: list[str]) -> None:
        student, place, entries = self.students[name], self.places[name], self.entries(name)
        shown = student.get(f"{self.path}/progress").data
        assert (shown["percent"], "completedAt" in shown) == (self.percent(name), place.is_completed)
        parts = (self.lessons, self.works, {each for each, quiz in self.quizzes.items() if quiz.is_listed})
        for kind, there in zip(("lessons", "assignments", "quizzes"), parts, strict=True):
            assert shown[kind] == {"completed": len(place.done & set(there)), "total": len(there)}
        points = [None if each is None else Decimal(each) for each in row["points"]]
        assert points == [entries[each][1] if each in entries else None for each in columns]
        expected = self.total(entries)
        assert row.get("percent") == (None if expected is None else str(expected))
        courses = student.get(f"/api/grades/{student.user_id}").data["courses"]
        assert [each.get("percent") for each in courses if each.get("percent")] == ([str(expected)] if entries else [])
        if place.is_active:
            listed = {each["assignmentId"]: each for each in student.get("/api/assignments").data}
            assert {each: (row["state"], row.get("dueAt"), row["title"]) for each, row in listed.items()} == {
                each: (work.state(name), self.iso(work.due(name)), work.title) for each, work in self.works.items()
            }

    def compare_assignment(self, assignment_id: str) -> None:
        work = self.works[assignment_id]
        shown = self.school.teacher.get(f"/api/assignments/{assignment_id}").data["statistics"]
        shares = [(work.final(name) * 100 / MOST).quantize(CENT, ROUND_HALF_UP) for name in work.given]
        mean = str((sum(shares, Decimal(0)) / len(shares)).quantize(CENT)) if shares else None
        assert (shown["submitted"], shown["late"], shown["graded"], shown.get("meanPercent")) == (
            len(work.handed_in),
            sum(work.late(name, 1) > 0 for name in work.handed_in),
            len(work.given),
            mean,
        )
        assert shown["tenths"] == [sum(min(int(each // 10), 9) == tenth for each in shares) for tenth in range(10)]
        page = self.school.teacher.get(f"/api/assignments/{assignment_id}/submissions")
        assert page.pagination["total"] == len(work.handed_in)
        assert {row["student"]["userId"]: row["daysLate"] for row in page.data} == {
            self.students[name].user_id: work.late(name, len(at)) for name, at in work.handed_in.items()
        }

    # the model's own reckoning

    def required(self) -> set[str]:
        works = {each: work.is_required for each, work in self.works.items()}
        quizzes = {each: quiz.is_required for each, quiz in self.quizzes.items() if quiz.is_listed}
        parts = self.lessons | works | quizzes
        return {each for each, is_required in parts.items() if is_required} or set(parts)

    def percent(self, name: str) -> int:
        wanted = self.required()
        return 100 * len(wanted & self.places[name].done) // len(wanted) if wanted else 0

    def entries(self, name: str) -> dict[str, tuple[str, Decimal, int]]:
        """Return what counts for a student: category, points and the most there was, by part."""
        works = {
            each: (work.category, work.final(name), MOST) for each, work in self.works.items() if name in work.given
        }
        quizzes = {
            each: ("quiz", Decimal(max(quiz.scores[name].values())), 10)
            for each, quiz in self.quizzes.items()
            if quiz.is_listed and quiz.scores.get(name)
        }
        return works | quizzes

    def total(self, entries: dict[str, tuple[str, Decimal, int]]) -> Decimal | None:
        if not entries:
            return None
        if not self.weights:
            parts = [(Decimal(1), sum(each[1] for each in entries.values()), sum(each[2] for each in entries.values()))]
        else:
            least = min(self.weights.values())
            parts = []
            for category in {each[0] for each in entries.values()}:
                of_it = [each for each in entries.values() if each[0] == category]
                weight = Decimal(self.weights.get(category, least))
                parts.append((weight, sum(each[1] for each in of_it), sum(each[2] for each in of_it)))
        weighed = sum((weight * points * 100 / most for weight, points, most in parts), Decimal(0))
        return (weighed / sum(weight for weight, _, _ in parts)).quantize(CENT, ROUND_HALF_UP)

    # means

    @staticmethod
    def iso(moment: datetime | None) -> str | None:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z" if moment else None

    @staticmethod
    def one_of(there: dict[str, Any], number: int) -> list[str]:
        return [list(there)[number % len(there)]] if there else []

    def body_of(self, work: Work) -> dict[str, Any]:
        policy = {"kind": "deduct", "percentPerDay": str(work.per_day), "floorPercent": "20"}
        return {
            "title": work.title,
            "points": str(MOST),
            "category": work.category,
            "isRequired": work.is_required,
            "dueAt": self.iso(work.due_at),
            "latePolicy": policy if work.per_day else {"kind": "none"},
            "maxAttempts": 3,
        }

    def put(self, assignment_id: str) -> None:
        work = self.works[assignment_id]
        extensions = [
            {"userId": self.students[name].user_id, "dueAt": self.iso(at)} for name, at in work.extended.items()
        ]
        body = {**self.body_of(work), "extensions": extensions}
        assert self.school.teacher.put(f"/api/assignments/{assignment_id}", body).status == 200
        self.settle()

    def tell(self, event: Any) -> None:
        detail = event.model_dump_json(by_alias=True)
        self.hand_over({"DetailType": event.name, "Source": "lyceum", "Detail": detail})
        self.settle()

    def settle(self) -> None:
        """Let the workers of the course work off what was told, and the model see who completes it by now."""
        while fresh := self.fresh():
            for event_id, entry in fresh.items():
                self.delivered[event_id] = entry
                self.hand_over(entry)
        wanted = self.required()
        for place in self.places.values():
            place.is_completed |= place.is_active and bool(wanted) and wanted <= place.done

    def fresh(self) -> dict[str, dict[str, Any]]:
        entries = {
            json.loads(each["Detail"])["eventId"]: each for each in self.cloud.published(self.school.client.tenant)
        }
        return {event_id: each for event_id, each in entries.items() if event_id not in self.delivered}

    def hand_over(self, entry: dict[str, Any]) -> None:
        for name, consumer in consumers().items():
            if name.startswith(("functions.courses.", "functions.assignments.")) and wants(
                consumer, entry["DetailType"]
            ):
                handle: Callable[..., dict[str, Any]] = consumer.handler
                assert handle({"Records": [record(entry)]}, LAMBDA)["batchItemFailures"] == []
                self.cloud.published(self.school.client.tenant)  # before another write takes it off its item


def test_a_course_is_what_a_recount_says_whatever_happens_in_it(cloud: Cloud) -> None:
    CourseMachine.cloud = cloud
    run_state_machine_as_test(
        CourseMachine,
        settings=settings(
            max_examples=6,
            stateful_step_count=30,
            phases=[Phase.generate],
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
