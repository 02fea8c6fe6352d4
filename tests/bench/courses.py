"""Courses as they grow: a course's page, a gradebook, and more students at once than there are seats."""

from functools import partial

from lyceum.kit import clock, ids
from lyceum.kit.errors import DomainError
from lyceum.kit.identity import Principal, Role
from lyceum.kit.table import write_many
from lyceum.model.assignments import AssignmentIndex, GradeSheet
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.courses.lessons import Lesson
from tests.bench.requests import milliseconds
from tests.support.http import Client, Reply
from tests.support.threads import at_once

from functions.courses.enrolments import enrolment

_STUDENTS, _ASSIGNMENTS = 500, 30
_CROWD, _SEATS = 1000, 500


def table(client: Client) -> list[str]:
    """Measure and return the rows of a Markdown table, and a sentence on the seats."""
    teacher = client.as_("instructor")
    rows = ["| request | CPU ms | storage requests | read units | KB |", "|---|---|---|---|---|"]
    for count in (10, 100, 500):
        course_id = _course(teacher, lessons=count)
        rows.append(
            _row(f"GET /api/courses/{{courseId}} ({count} lessons)", partial(teacher.get, f"/api/courses/{course_id}"))
        )
    course_id = _course(teacher)
    _grades(course_id)
    path = f"/api/courses/{course_id}/gradebook"
    size = f"{_STUDENTS} by {_ASSIGNMENTS}"
    rows.append(_row(f"GET …/gradebook ({size}, a page of 45)", partial(teacher.get, path, {"limit": 45})))
    rows.append(_row(f"GET …/gradebook?format=csv ({size})", partial(teacher.get, path, {"format": "csv"})))
    return [*rows, "", f"{_CROWD} students at once for {_SEATS} seats: {_crowd(teacher)} enrolled."]


def _row(name: str, call: partial[Reply]) -> str:
    spent, reply = milliseconds(call)
    assert reply.status == 200, reply.body
    return f"| `{name}` | {spent:.2f} | {reply.cost.requests} | {reply.cost.read_units:g} | {len(reply.body) // 1024} |"


def _course(teacher: Client, *, lessons: int = 0, capacity: int | None = None) -> str:
    course_id = ids.new_id()
    lesson_ids = [ids.new_id() for _ in range(lessons)]
    fields = {
        "department_id": ids.new_id(),
        "instructor_id": teacher.user_id,
        "code": "CSC 201",
        "title": "Programming",
    }
    write_many(
        [
            Course(course_id=course_id, level=200, credit_units=3, lesson_count=lessons, **fields),
            CourseOutline(course_id=course_id, lesson_ids=lesson_ids),
            Seats(course_id=course_id, state="open", capacity=capacity),
            *(Lesson(lesson_id=each, course_id=course_id, title="A lesson", format="text") for each in lesson_ids),
        ]
    )
    return course_id


def _grades(course_id: str) -> None:
    names = [ids.new_id() for _ in range(_ASSIGNMENTS)]
    shared = {"title": "Essay", "category": "homework"}
    rows = [
        {**shared, "assignment_id": name, "lesson_id": None, "points": "20", "due_at": None, "is_required": True}
        for name in names
    ]
    entries = {name: {**shared, "kind": "assignment", "points": "15.00", "max_points": "20"} for name in names}
    people = [ids.new_id() for _ in range(_STUDENTS)]
    write_many([AssignmentIndex(course_id=course_id, rows=rows)])
    write_many(Enrolment(course_id=course_id, user_id=each, state="active", enrolled_at=clock.now()) for each in people)
    write_many(GradeSheet(course_id=course_id, user_id=each, entries=entries) for each in people)


def _crowd(teacher: Client) -> int:
    course_id = _course(teacher, capacity=_SEATS)

    def enter(user_id: str) -> bool:
        try:
            enrolment.enrol(Principal(user_id, teacher.tenant, Role.STUDENT, "free", "bench"), course_id)
        except DomainError:
            return False
        return True

    entered = sum(at_once(*(partial(enter, ids.new_id()) for _ in range(_CROWD))))
    assert entered == _SEATS == Seats.require(course_id=course_id).taken
    return entered
