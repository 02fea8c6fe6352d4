"""The report of a course: topics, hardest questions, students. Worked out of what is stored, so it can be at any time.

Of groups of fewer than five students nothing is said but to each of them.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import Unit, fetch_many, find, find_all
from lyceum.model.analytics.classes import CourseReport
from lyceum.model.analytics.learners import TopicFigures
from lyceum.model.assignments import AssignmentIndex, GradeSheet
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.rules.courses import due_dates
from lyceum.rules.courses.counted_grades import counted
from lyceum.rules.learners import topic_mastery

from functions.analytics.progress import details

FEWEST = 5
"""A group of fewer is hidden."""
_HARDEST = 10
_LOOKED_AT = 50
MOST_STUDENTS = 3000
Row = dict[str, Any]


def work_out(course_id: str) -> CourseReport | None:
    """Work the report of a course out and store it; one of a course that is gone is removed."""
    course = Course.fetch(course_id=course_id)
    if course is None or course.status == "deleted":
        Unit().remove(CourseReport.at(course_id=course_id)).commit()
        return None
    now = clock.now()
    enrolments = [each for each in find_all(Enrolment, course_id=course_id) if each.state == "active"]
    members = {str(each.user_id) for each in enrolments}
    figures = find_all(TopicFigures, index="gsi1", course_id=course_id)
    report = CourseReport(
        course_id=course_id,
        as_of=now,
        student_count=len(members),
        topics=topic_rows(each for each in figures if each.user_id in members),
        hardest=_hardest(course_id),
        students=packed(_students(course_id, enrolments)),
    )
    Unit().put(report).commit()
    return report


def packed(rows: Sequence[Row]) -> bytes:
    """Write rows as they are kept."""
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpacked(content: bytes | None) -> list[Row]:
    """Read rows as they are kept."""
    rows: list[Row] = json.loads(zlib.decompress(content)) if content else []
    return rows


def topic_rows(figures: Iterable[TopicFigures]) -> list[Row]:
    """Return a row for each topic: how many students, their answers, and how many are weak, growing and strong."""
    topics: dict[str, Row] = {}
    for each in figures:
        right, count = topic_mastery.answered(each)
        if not count and not each.observations:
            continue
        row = topics.setdefault(
            each.topic_id,
            {"id": each.topic_id, "title": each.title, "students": 0, "answers": 0, "halves": 0, "mastery": 0}
            | dict.fromkeys(("weak", "growing", "strong", "unknown"), 0),
        )
        row["title"] = each.title or row["title"]
        row["students"] += 1
        row["answers"] += count
        row["halves"] += int(2 * right)
        row["mastery"] += int(each.mastery)
        row[topic_mastery.mastery_view(each).level] += 1
    return sorted(topics.values(), key=lambda row: (row["mastery"] / row["students"] / topic_mastery.UNIT, row["id"]))


def _hardest(course_id: str) -> list[Row]:
    found = find(QuestionStatistics, index="gsi2", course_id=course_id, descending=True, limit=_LOOKED_AT).items
    known = [each for each in found if each.attempts >= FEWEST]
    return [
        {
            "id": each.question_id,
            "topic": each.topic_id,
            "attempts": int(each.attempts),
            "correct": int(each.correct),
            "skipped": int(each.skipped),
            "seconds": int(each.time_spent_seconds),
        }
        for each in known[:_HARDEST]
    ]


def _students(course_id: str, enrolments: Sequence[Enrolment]) -> list[Row]:
    index, outline = fetch_many(AssignmentIndex.at(course_id=course_id), CourseOutline.at(course_id=course_id))
    rows: list[Row] = index.rows if index else []
    extensions = due_dates.read_extensions(rows)
    sheets = {sheet.user_id: sheet for sheet in find_all(GradeSheet, course_id=course_id)}
    students = []
    for each in enrolments[:MOST_STUDENTS]:
        sheet = sheets.get(each.user_id)
        grades = counted(sheet.entries, index, outline) if sheet else {}
        own = due_dates.with_own_dates(rows, extensions, each.user_id)
        students.append({
            **_student(each, own), "grades": len(grades), "mean": details.average_grade(sheet, index, outline)
        })  # fmt: skip
    return students


def _student(enrolment: Enrolment, assignments: Sequence[Row]) -> Row:
    done = set(enrolment.assignments or ())
    return {
        "id": enrolment.user_id,
        "since": _seconds(enrolment.enrolled_at),
        "active": _seconds(enrolment.last_activity_at or enrolment.enrolled_at),
        "lessons": len(enrolment.lessons or ()),
        "completed": enrolment.completed_at is not None,
        "open": sorted(
            _seconds(clock.parse(row["due_at"]))
            for row in assignments
            if row.get("due_at") and row["assignment_id"] not in done
        ),
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
