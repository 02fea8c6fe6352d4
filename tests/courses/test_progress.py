"""Progress: each part once, the course once, time never faster than the clock."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ulid import ULID

from lyceum.events.assignments import AssignmentSubmitted
from lyceum.events.courses import QuizPublished, QuizWithdrawn
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit.event import Event
from lyceum.kit.table import Unit
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses.course_parts import completed_ids
from tests.courses.conftest import School, together, who
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.workers import deliver, record

from functions.courses.enrolments import study
from functions.courses.enrolments.schemas import StudyTimeReport
from functions.courses.events import progress as progress_worker


def hand(*events: Event) -> int:
    """Hand events to the worker and return how many messages failed."""
    entries = [
        {"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)}
        for event in events
    ]
    return len(progress_worker.handler({"Records": [record(entry) for entry in entries]}, LAMBDA)["batchItemFailures"])


def sent(client: Client, name: str) -> int:
    """Count the events of a name that stand in the tenant's items."""
    return [entry["DetailType"] for entry in client.cloud.outbox(client.tenant)].count(name)


def report_id(clock: Clock, number: int = 0) -> str:
    """Return a report's id, in the order of time and number."""
    return str(ULID.from_timestamp(clock.at.timestamp()))[:20] + f"{number:06d}"


def passed_quiz(student: Client, course_id: str, quiz_id: str, *, passed: bool = True) -> ExamCompleted:
    """Return the event of a finished quiz."""
    facts = {
        "mode": "quiz",
        "cause": "submitted",
        "score": 8,
        "max_score": 10,
        "percent": 80,
        "finished_at": "2027-01-11T09:00:00Z",
        "topic_ids": [],
    }
    return ExamCompleted.model_validate(
        {
            **facts,
            "exam_id": "e",
            "user_id": student.user_id,
            "passed": passed,
            "course_id": course_id,
            "quiz_id": quiz_id,
        }
    )


def test_a_lesson_is_completed_once(client: Client, school: School) -> None:
    course_id = school.course(lessons=3)
    student, (first, *_) = school.student(course_id), school.lessons(course_id)
    reply = school.complete(student, first)
    assert (reply.data["alreadyCompleted"], reply.data["percent"]) == (False, 33)
    assert reply.cost.operations == ["GetItem", "BatchGetItem", "PutItem"]
    again = school.complete(student, first)
    assert (again.data["alreadyCompleted"], again.cost.operations) == (True, ["GetItem", "BatchGetItem"])
    assert sent(client, "lesson.completed") == 1
    assert school.complete(client.as_("eve", "student"), first).error.code == "NOT_ENROLLED"
    assert school.complete(student, "0" * 26).status == 404


def test_the_last_required_part_completes_the_course_once(client: Client, school: School) -> None:
    course_id = school.course(lessons=4)
    optional = school.lesson(course_id, isRequired=False)
    student, required = school.student(course_id), school.lessons(course_id)[:4]
    mine = who(student)
    assert together(*(partial(study.complete, mine, each) for each in required)) == ["done"] * 4
    shown = student.get(f"/api/courses/{course_id}/progress").data
    assert (shown["percent"], shown["lessons"]) == (100, {"completed": 4, "total": 5})
    assert "completedAt" in shown
    assert sent(client, "course.completed") == 1
    school.complete(student, optional)
    school.lesson(course_id, title="Added later")
    assert student.get(f"/api/courses/{course_id}/progress").data["percent"] == 80


def test_completions_are_counted_from_their_events(client: Client, tenant: str, school: School) -> None:
    course_id = school.course(lessons=1)
    for name in ("ada", "bola"):
        school.complete(school.student(course_id, name=name), school.lessons(course_id)[0])
    for _ in range(2):
        assert deliver(client.cloud, tenant) == 0
    assert client.get(f"/api/courses/{course_id}").data["statistics"]["completions"] == 2


def test_work_handed_in_and_quizzes_passed_count_by_their_events(school: School) -> None:
    course_id = school.course(lessons=1)
    row = {
        "assignment_id": "a1",
        "lesson_id": None,
        "title": "Essay",
        "points": "10",
        "category": "homework",
        "due_at": None,
        "is_required": True,
    }
    Unit().create(AssignmentIndex(course_id=course_id, rows=[row])).commit()
    student = school.student(course_id)
    submitted = AssignmentSubmitted(
        assignment_id="a1", course_id=course_id, user_id=student.user_id, attempt=1, days_late=0
    )
    quiz = QuizPublished(quiz_id="q1", course_id=course_id, title="Sets")
    assert hand(quiz, submitted, submitted, passed_quiz(student, course_id, "q1", passed=False)) == 0
    shown = student.get(f"/api/courses/{course_id}/progress")
    assert [shown.data[kind] for kind in ("lessons", "assignments", "quizzes")] == [
        {"completed": 0, "total": 1},
        {"completed": 1, "total": 1},
        {"completed": 0, "total": 1},
    ]
    assert shown.cost.operations == ["BatchGetItem"]
    assert hand(passed_quiz(student, course_id, "q1")) == 0
    assert student.get(f"/api/courses/{course_id}/progress").data["percent"] == 66
    assert school.client.get(f"/api/courses/{course_id}").data["quizzes"] == [
        {"quizId": "q1", "title": "Sets", "isRequired": True}
    ]
    assert hand(QuizWithdrawn(quiz_id="q1", course_id=course_id)) == 0
    assert student.get(f"/api/courses/{course_id}/progress").data["percent"] == 50


def test_a_quiz_counts_once_it_is_graded_and_released(school: School) -> None:
    course_id = school.course(lessons=1)
    student = school.student(course_id)
    finished = passed_quiz(student, course_id, "q1").model_dump(exclude={"event_id", "cause", "pending"})
    waiting = ExamCompleted(
        **{**finished, "cause": "submitted", "score": None, "percent": None, "passed": None, "pending": 1}
    )
    hidden = ExamGraded(**{**finished, "is_released": False})
    assert hand(QuizPublished(quiz_id="q1", course_id=course_id, title="Sets"), waiting, hidden) == 0
    path = f"/api/courses/{course_id}/progress"
    assert student.get(path).data["quizzes"]["completed"] == 0
    assert hand(ExamReleased(**finished)) == 0
    assert student.get(path).data["quizzes"]["completed"] == 1


def test_events_of_what_is_gone_change_nothing(school: School) -> None:
    course_id = school.course()
    submitted = AssignmentSubmitted(assignment_id="gone", course_id=course_id, user_id="nobody", attempt=1, days_late=0)
    assert (
        hand(
            submitted,
            QuizPublished(quiz_id="q", course_id="gone", title="Sets"),
            passed_quiz(school.teacher, "gone", "q"),
        )
        == 0
    )


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["complete", "add", "optional", "delete", "leave"]), st.integers(0, 5)), max_size=14
    )
)
def test_progress_equals_a_recount(
    school: School, enrolment: Callable[[Client, str], Enrolment], steps: list[tuple[str, int]]
) -> None:
    course_id = school.course(lessons=2)
    required, optional, done = set(school.lessons(course_id)), set[str](), set[str]()
    student, path = school.client.as_("student"), f"/api/courses/{course_id}"
    student.post(f"{path}/enroll")
    for step, number in steps:
        there = sorted(required | optional)
        chosen = there[number % len(there)] if there else None
        if step == "add":
            required.add(school.lesson(course_id))
        elif step == "optional":
            optional.add(school.lesson(course_id, isRequired=False))
        elif step == "leave":
            student.delete(f"{path}/enroll")
            student.post(f"{path}/enroll")
        elif chosen and step == "complete":
            school.complete(student, chosen)
            done.add(chosen)
        elif chosen:
            school.teacher.delete(f"{path}/lessons/{chosen}")
            required.discard(chosen)
            optional.discard(chosen)
    shown = student.get(f"{path}/progress").data
    there, counted = required | optional, required or optional
    assert shown["lessons"] == {"completed": len(done & there), "total": len(there)}
    assert shown["percent"] == (100 * len(counted & done) // len(counted) if counted else 0)
    assert completed_ids(enrolment(student, course_id)) == done
    assert school.client.get(path).data["statistics"]["lessons"] == len(there)


def test_time_is_counted_once_and_never_faster_than_the_clock(clock: Clock, school: School) -> None:
    course_id = school.course(lessons=2)
    first, second = school.lessons(course_id)
    student = school.student(course_id)

    def report(lesson_id: str, identity: str, seconds: int) -> int:
        reply = student.post(f"/api/lessons/{lesson_id}/time", {"beatId": identity, "seconds": seconds})
        assert len(reply.cost.operations) <= 3
        return int(reply.data["countedSeconds"])

    clock.advance(seconds=60)
    one = report_id(clock, 1)
    assert [report(first, one, 60), report(first, one, 60), report(second, report_id(clock, 2), 60)] == [60, 0, 0]
    clock.advance(seconds=30)
    assert report(second, report_id(clock), 300) == 30
    assert report(second, one, 300) == 0
    shown = student.get(f"/api/courses/{course_id}/progress").data
    assert shown["timeSpentSeconds"] == 90
    assert {row["lessonId"]: row["seconds"] for row in shown["timeByLesson"]} == {first: 60, second: 30}
    assert student.post(f"/api/lessons/{first}/time", {"beatId": one, "seconds": 301}).error.fields == {"seconds"}


def test_reports_of_two_devices_at_once_add_up_to_the_time_that_passed(clock: Clock, school: School) -> None:
    course_id = school.course(lessons=1)
    (lesson_id,) = school.lessons(course_id)
    student = school.student(course_id)
    clock.advance(seconds=40)
    reports = [
        partial(
            study.report_time, who(student), lesson_id, StudyTimeReport(beat_id=report_id(clock, number), seconds=40)
        )
        for number in range(3)
    ]
    assert together(*reports) == ["done"] * 3
    assert student.get(f"/api/courses/{course_id}/progress").data["timeSpentSeconds"] == 40


def test_what_is_left_is_estimated_from_the_students_own_pace(clock: Clock, school: School) -> None:
    course_id = school.course(lessons=4)
    student, (first, *_) = school.student(course_id), school.lessons(course_id)
    path = f"/api/courses/{course_id}/progress"
    assert {"estimatedSecondsLeft", "estimatedCompletionAt"}.isdisjoint(student.get(path).data)
    started = clock.at
    clock.advance(hours=1)
    student.post(f"/api/lessons/{first}/time", {"beatId": report_id(clock), "seconds": 300})
    clock.advance(hours=23)
    school.complete(student, first)
    shown = student.get(path).data
    assert shown["estimatedSecondsLeft"] == 3 * 300
    assert shown["estimatedCompletionAt"] == (started + timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_the_instructor_sees_every_students_progress(client: Client, school: School) -> None:
    course_id = school.course(lessons=2)
    ada = school.student(course_id, name="ada")
    school.student(course_id, name="bola")
    school.complete(ada, school.lessons(course_id)[0])
    reply = school.teacher.get(f"/api/courses/{course_id}/students")
    assert {row["student"]["firstName"]: row["progress"]["percent"] for row in reply.data} == {"Ada": 50, "Bola": 0}
    assert reply.cost.operations == ["BatchGetItem", "Query", "BatchGetItem"]
    assert ada.get(f"/api/courses/{course_id}/students").status == 403
    assert client.as_("eve", "instructor").get(f"/api/courses/{course_id}/students").status == 403
