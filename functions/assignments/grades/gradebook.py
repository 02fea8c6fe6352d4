"""The gradebook of a course: students by assessments, in pages or, of a course that is not too large, whole as CSV."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.http import Document
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, Unit, batch_fetch, find
from lyceum.kit.values.spreadsheet import write_report
from lyceum.model.assignments import AssignmentIndex, GradeSheet
from lyceum.model.audit import audit
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access
from lyceum.rules.courses.counted_grades import counted

from functions.assignments import views
from functions.assignments.grades.grade_totals import total
from functions.assignments.grades.schemas import Column, Gradebook, GradebookQuery, GradebookRow

_MOST = 45
_PAGE = 100
_OF_PACKAGES = Decimal(100)
_MOST_AT_ONCE = 2_000
"""Students of one CSV within a request; more are written by a job."""


@frozen
class Book:
    """A course with what its grades count for, and the columns that are shown."""

    course: Course
    index: Entity | None
    outline: Entity | None
    columns: list[Column]


def show(caller: Principal, course_id: str, query: GradebookQuery) -> Gradebook | Document:
    """Show a page of the gradebook (3 requests), or all of it as CSV, to the course's instructor.

    What leaves as a file is audited before it does. Raises RuleViolation GRADEBOOK_TOO_LARGE for a CSV of more students
    than one request has time for.
    """
    book = _open(caller, course_id)
    if query.format == "csv":
        Unit().create(audit("gradebook.export", course_id, before={}, after={})).commit()
        return Document("text/csv", _csv(book), f"gradebook-{course_id}.csv")
    students = find(Enrolment, course_id=course_id, limit=min(query.limit, _MOST), after=query.start_key(_MOST))
    rows = rows_of(book, students.items)
    return Gradebook(course_id=course_id, columns=book.columns, rows=rows, next_cursor=query.cursor_after(students))


def _open(caller: Principal, course_id: str) -> Book:
    book = read(course_id)
    course_access.taught(caller, book.course)
    return book


def read(course_id: str) -> Book:
    """Read what a course asks for (1 request); raises NotFound for one that is not there."""
    named = [
        Course.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
        CourseOutline.at(course_id=course_id),
    ]
    found, index, outline = batch_fetch(named)
    course = course_access.existing(found)
    return Book(course, index, outline, list(_columns(index, outline)))


def _columns(index: Entity | None, outline: Entity | None) -> Iterator[Column]:
    """Yield the columns: assignments by due date, quizzes, and lessons with packages of which there is a score."""
    known = index if isinstance(index, AssignmentIndex) else AssignmentIndex()
    parts = outline if isinstance(outline, CourseOutline) else CourseOutline()
    rows: list[dict[str, Any]] = known.rows
    quizzes: list[dict[str, Any]] = parts.quizzes
    for row in rows:
        yield Column(
            id=row["assignment_id"],
            kind="assignment",
            title=row["title"],
            category=row["category"],
            max_points=row["points"],
        )
    for quiz in quizzes:
        yield Column(id=quiz["quiz_id"], kind="quiz", title=quiz["title"], category="quiz")
    for lesson_id in parts.lesson_ids:
        if lesson_id in known.packages:
            title = known.packages[lesson_id]
            yield Column(id=lesson_id, kind="package", title=title, category="package", max_points=_OF_PACKAGES)


def rows_of(book: Book, students: list[Enrolment]) -> list[GradebookRow]:
    """Return the rows of students of the course (1 request for each 50)."""
    named: list[Entity] = []
    for each in students:
        named += [GradeSheet.at(course_id=each.course_id, user_id=each.user_id), User.at(user_id=each.user_id)]
    read = batch_fetch(named)
    return [_row(book, each, sheet, user) for each, sheet, user in zip(students, read[::2], read[1::2], strict=True)]


def _row(book: Book, enrolment: Enrolment, sheet: Entity | None, user: Entity | None) -> GradebookRow:
    entries: dict[str, Any] = counted(sheet.entries, book.index, book.outline) if isinstance(sheet, GradeSheet) else {}
    result = total(entries, book.course.grading)
    points = [Decimal(entries[column.id]["points"]) if column.id in entries else None for column in book.columns]
    name = views.student(user, enrolment.user_id)
    return GradebookRow(
        student=name, state=enrolment.state, points=points, percent=result.percent, letter=result.letter
    )


def _csv(book: Book) -> str:
    """Write the gradebook as a table, one line a student."""
    return write_report([header(book), *map(cells, _all_rows(book))])


def _all_rows(book: Book) -> Iterable[GradebookRow]:
    for number, page in enumerate(_pages(book.course.course_id)):
        if number * _PAGE >= _MOST_AT_ONCE:
            raise _too_large()
        yield from rows_of(book, page)


def _pages(course_id: str) -> Iterator[list[Enrolment]]:
    page: Slice[Enrolment] = find(Enrolment, course_id=course_id, limit=_PAGE)
    yield page.items
    while page.last_key is not None:
        page = find(Enrolment, course_id=course_id, limit=_PAGE, after=page.last_key)
        if page.items:
            yield page.items


def _too_large() -> RuleViolation:
    return rule_violation(
        "GRADEBOOK_TOO_LARGE",
        f"A CSV within a request has {_MOST_AT_ONCE} students at most. POST to this path: a job writes all of them.",
    )


def header(book: Book) -> list[str]:
    """Return the names of the columns of the CSV."""
    titles = (column.title for column in book.columns)
    return ["userId", "firstName", "lastName", "state", *titles, "percent", "letter"]


def cells(row: GradebookRow) -> list[str]:
    """Return a student's line of the CSV."""
    numbers = ["" if each is None else str(each) for each in (*row.points, row.percent)]
    return [row.student.user_id, row.student.first_name, row.student.last_name, row.state, *numbers, row.letter or ""]
