"""What teachers see: read from reports, which are worked out at once where there is none yet."""

from datetime import UTC, datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch, fetch_many
from lyceum.model.analytics.classes import CourseReport, TeacherReport
from lyceum.model.courses.course import Course
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access
from lyceum.rules.learners import topic_mastery
from lyceum.rules.learners.learner_shares import percent

from functions.analytics.classes import at_risk, course_reports, teacher_reports
from functions.analytics.classes.schemas import (
    ClassView,
    ContentRow,
    CourseRow,
    HardQuestion,
    HeatRow,
    InstructorDashboard,
    Rating,
    StudentAtRisk,
)

_SHOWN = 50
Row = dict[str, Any]


def instructor(caller: Principal, course_id: str | None) -> InstructorDashboard:
    """Return a teacher's dashboard (1 request, 2 with a course); raises NotFound and Forbidden for another's course."""
    if course_id is None:
        report, view = TeacherReport.fetch(user_id=caller.user_id), None
    else:
        report, course, of_course = fetch_many(
            TeacherReport.at(user_id=caller.user_id),
            Course.at(course_id=course_id),
            CourseReport.at(course_id=course_id),
        )
        taught = course_access.taught(caller, course)
        found = of_course or course_reports.work_out(course_id)
        view = None if found is None else class_view(taught, found)
    return _dashboard(report or teacher_reports.work_out(caller.user_id), view)


def _dashboard(report: TeacherReport, view: ClassView | None) -> InstructorDashboard:
    totals = report.totals
    stars, ratings = (totals[f"content_{name}"] + totals[f"course_{name}"] for name in ("stars", "ratings"))
    return InstructorDashboard(
        user_id=report.user_id,
        content_count=totals["content"],
        published_count=totals["published"],
        downloads=totals["downloads"],
        courses_count=totals["courses"],
        students=totals["students"],
        completed=totals["completed"],
        submissions_waiting=totals["waiting"],
        rating=rating(stars, ratings),
        content_rating=rating(totals["content_stars"], totals["content_ratings"]),
        course_rating=rating(totals["course_stars"], totals["course_ratings"]),
        content=[_content(row) for row in report.content],
        courses=[_course(row) for row in report.courses],
        course=view,
        as_of=report.as_of,
    )


def rating(stars: int, count: int) -> Rating:
    """Show ratings."""
    return Rating(mean=round(stars / count, 2) if count else None, count=count)


def _content(row: Row) -> ContentRow:
    return ContentRow(
        content_id=row["id"],
        title=row["title"],
        status=row["state"],
        downloads=row["downloads"],
        rating=rating(row["stars"], row["ratings"]),
    )


def _course(row: Row) -> CourseRow:
    return CourseRow(
        course_id=row["id"],
        title=row["title"],
        status=row["status"],
        students=row["students"],
        completed=row["completed"],
        rating=rating(row["stars"], row["ratings"]),
        waiting=row["waiting"],
    )


def class_view(course: Course, report: CourseReport) -> ClassView:
    """Look into a course (1 request for the names of students at risk)."""
    now = clock.now()
    large = [row for row in report.topics if row["students"] >= course_reports.FEWEST]
    found = at_risk.at_risk(course_reports.unpacked(report.students), now)
    users = batch_fetch([User.at(user_id=row["id"]) for row, _ in found[:_SHOWN]]) if found else []
    names = {user.user_id: f"{user.first_name} {user.last_name}" for user in users if isinstance(user, User)}
    return ClassView(
        course_id=course.course_id,
        title=course.title,
        students=int(report.student_count),
        heat_map=[_heat(row) for row in large],
        hidden_topics=len(report.topics) - len(large),
        hardest_questions=[_hard(row) for row in report.hardest],
        at_risk=[_student(row, why, names.get(row["id"]), now.timestamp()) for row, why in found[:_SHOWN]],
        at_risk_count=len(found),
        as_of=report.as_of,
    )


def _heat(row: Row) -> HeatRow:
    return HeatRow(
        topic_id=row["id"],
        title=row["title"],
        students=row["students"],
        answers=row["answers"],
        accuracy_percent=percent(row["halves"] / 2, row["answers"]),
        mean_mastery=round(row["mastery"] / row["students"] / topic_mastery.UNIT, 4),
        **{level: row[level] for level in ("weak", "growing", "strong", "unknown")},
    )


def _hard(row: Row) -> HardQuestion:
    count = row["attempts"]
    return HardQuestion(
        question_id=row["id"],
        topic_id=row["topic"],
        attempts=count,
        missed_percent=round(100 * (count - row["correct"]) / count, 2),
        skipped_percent=round(100 * row["skipped"] / count, 2),
        mean_seconds=round(row["seconds"] / count, 2),
    )


def _student(row: Row, reasons: list[Any], name: str | None, second: float) -> StudentAtRisk:
    return StudentAtRisk(
        user_id=row["id"],
        name=name,
        reasons=reasons,
        last_activity_at=datetime.fromtimestamp(row["active"], tz=UTC),
        lessons_completed=row["lessons"],
        average_percent=row["mean"],
        overdue=sum(at < second for at in row["open"]),
    )
