"""The gradebook of a course: students by assessments, in pages or whole as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lyceum.kit.http import Document
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, Unit, batch_fetch, find
from lyceum.kit.values.spreadsheet import write_csv
from lyceum.model.assignments import AssignmentIndex, GradeSheet
from lyceum.model.audit import audit
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User
from lyceum.rules import course_access

from functions.assignments import views
from functions.assignments.grades.grade_totals import total
from functions.assignments.grades.reports import counted
from functions.assignments.grades.schemas import Column, Gradebook, GradebookQuery, GradebookRow

_MOST = 45


@dataclass(frozen=True)
class _Book:
    course: Course
    index: Entity | None
    outline: Entity | None
    columns: list[Column]


def show(caller: Principal, course_id: str, query: GradebookQuery) -> Gradebook | Document:
    """Show a page of the gradebook (3 requests), or all of it as CSV, to the course's instructor.

    What leaves as a file is audited before it does.
    """
    book = _open(caller, course_id)
    if query.format == "csv":
        Unit().create(audit("gradebook.export", course_id, before={}, after={})).commit()
        return Document("text/csv", _csv(book), f"gradebook-{course_id}.csv")
    students = find(Enrolment, course_id=course_id, limit=min(query.limit, _MOST), after=query.start_key())
    rows = _rows(book, students.items)
    return Gradebook(course_id=course_id, columns=book.columns, rows=rows, next_cursor=query.cursor_after(students))


def _open(caller: Principal, course_id: str) -> _Book:
    named = [
        Course.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
        CourseOutline.at(course_id=course_id),
    ]
    found, index, outline = batch_fetch(named)
    course = course_access.taught(caller, found)
    rows: list[dict[str, Any]] = index.rows if isinstance(index, AssignmentIndex) else []
    quizzes: list[dict[str, Any]] = outline.quizzes if isinstance(outline, CourseOutline) else []
    columns = [
        Column(
            id=row["assignment_id"],
            kind="assignment",
            title=row["title"],
            category=row["category"],
            max_points=row["points"],
        )
        for row in rows
    ]
    columns += [Column(id=quiz["quiz_id"], kind="quiz", title=quiz["title"], category="quiz") for quiz in quizzes]
    return _Book(course, index, outline, columns)


def _rows(book: _Book, students: list[Enrolment]) -> list[GradebookRow]:
    named: list[Entity] = []
    for each in students:
        named += [GradeSheet.at(course_id=each.course_id, user_id=each.user_id), User.at(user_id=each.user_id)]
    read = batch_fetch(named)
    return [_row(book, each, sheet, user) for each, sheet, user in zip(students, read[::2], read[1::2], strict=True)]


def _row(book: _Book, enrolment: Enrolment, sheet: Entity | None, user: Entity | None) -> GradebookRow:
    entries: dict[str, Any] = counted(sheet.entries, book.index, book.outline) if isinstance(sheet, GradeSheet) else {}
    result = total(entries, book.course.grading)
    points = [Decimal(entries[column.id]["points"]) if column.id in entries else None for column in book.columns]
    name = views.student(user, enrolment.user_id)
    return GradebookRow(
        student=name, state=enrolment.state, points=points, percent=result.percent, letter=result.letter
    )


def _all_rows(book: _Book) -> Iterator[GradebookRow]:
    page: Slice[Enrolment] = find(Enrolment, course_id=book.course.course_id)
    while True:
        yield from _rows(book, page.items)
        if page.last_key is None:
            return
        page = find(Enrolment, course_id=book.course.course_id, after=page.last_key)


def _csv(book: _Book) -> str:
    """Write the gradebook as a table, one line a student."""
    header = [
        "userId",
        "firstName",
        "lastName",
        "state",
        *(column.title for column in book.columns),
        "percent",
        "letter",
    ]
    return write_csv([header, *map(_cells, _all_rows(book))])


def _cells(row: GradebookRow) -> list[str]:
    numbers = ["" if each is None else str(each) for each in (*row.points, row.percent)]
    return [row.student.user_id, row.student.first_name, row.student.last_name, row.state, *numbers, row.letter or ""]
