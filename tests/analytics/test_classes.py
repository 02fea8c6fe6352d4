"""What teachers see of their items, courses and students; groups of fewer than five are hidden."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyceum.events.content import ContentPublished
from lyceum.events.courses import CourseDeleted, CoursePublished, CourseTaught
from lyceum.kit import clock as clocks
from lyceum.kit.table import Unit, find_all, write_many
from lyceum.model.analytics.classes import CourseReport, StaleReport
from lyceum.model.assignments import AssignmentIndex, AssignmentStatistics, Extensions, GradeSheet
from lyceum.model.content.library import ContentItem, ContentStatistics
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.questions.statistics import QuestionStatistics
from tests.analytics.conftest import ALGEBRA, COURSE, GEOMETRY, exam, rows
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.analytics import jobs
from functions.analytics.classes import at_risk

LONG_AGO = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def teacher(client: Client, tell: Callable[..., None], syllabus: str) -> Client:
    """The instructor of the course, of which the events were told."""
    made = client.as_("teacher", "instructor")
    change(instructor_id=made.user_id, enrolment_count=6, rating_sum=9, rating_count=2)
    tell(CoursePublished(course_id=syllabus, instructor_id=made.user_id))
    return made


def change(**values: Any) -> None:
    course = Course.require(course_id=COURSE, consistent=True)
    for name, value in values.items():
        setattr(course, name, value)
    Unit().replace(course).commit()


def enrol(client: Client, count: int, **values: Any) -> list[str]:
    names = [client.as_(f"s{number}", "student").user_id for number in range(count)]
    fields: dict[str, Any] = {"state": "active", "enrolled_at": LONG_AGO, **values}
    write_many(Enrolment(course_id=COURSE, user_id=name, **fields) for name in names)
    return names


def test_topics_of_a_class_are_shown_from_five_students_on(
    client: Client, teacher: Client, tell: Callable[..., None]
) -> None:
    students = enrol(client, 5)
    stranger = client.as_("stranger", "student").user_id
    tell(*(exam(name, rows("wwww")) for name in [*students[:4], stranger]))
    tell(exam(students[0], rows("rrr", GEOMETRY)))
    run(jobs)
    shown = teacher.get("/api/dashboard/instructor", {"courseId": COURSE}).data["course"]
    assert (shown["students"], shown["heatMap"], shown["hiddenTopics"]) == (5, [], 2)
    tell(exam(students[4], rows("rrrrp")))
    run(jobs)
    shown = teacher.get("/api/dashboard/educator", {"courseId": COURSE}).data["course"]
    (row,) = shown["heatMap"]
    assert (row["topicId"], row["title"], row["students"], row["answers"]) == (ALGEBRA, "Algebra", 5, 21)
    assert (row["weak"], row["growing"] + row["strong"], row["unknown"]) == (4, 1, 0)
    assert row["accuracyPercent"] == 21.43
    assert shown["hiddenTopics"] == 1


def test_hardest_questions_are_those_missed_most_by_five_or_more(teacher: Client) -> None:
    write_many(
        QuestionStatistics(
            question_id=f"q{number}",
            topic_id=ALGEBRA,
            course_id=COURSE,
            attempts=attempts,
            correct=correct,
            time_spent_seconds=30 * attempts,
            missed=f"{100 - 100 * correct // attempts:03d}",
        )
        for number, (attempts, correct) in enumerate(((4, 0), (10, 2), (10, 7)))
    )
    shown = teacher.get("/api/dashboard/instructor", {"courseId": COURSE}).data["course"]["hardestQuestions"]
    assert [(row["questionId"], row["missedPercent"], row["meanSeconds"]) for row in shown] == [
        ("q1", 80.0, 30.0), ("q2", 30.0, 30.0)
    ]  # fmt: skip


def test_students_at_risk_are_named_with_the_rules(client: Client, teacher: Client, clock: Clock) -> None:
    active = clock.at - timedelta(days=1)
    names = enrol(client, 6, last_activity_at=active, lessons={f"l{number}" for number in range(8)})
    due = (clock.at - timedelta(days=2)).isoformat().replace("+00:00", ".000Z")
    assignments = [{"assignment_id": name, "is_required": True, "due_at": due} for name in ("a1", "a2")]
    low = {"a1": {"points": "1", "max_points": "4"}, "a2": {"points": "2", "max_points": "4"}}
    done: dict[str, Any] = {
        "assignments": {"a1", "a2"},
        "last_activity_at": active,
        "lessons": {"l1", "l2", "l3", "l4"},
    }
    lazy = {**done, "last_activity_at": LONG_AGO, "lessons": {"l1"}}
    states: list[dict[str, Any]] = [lazy, done, {**done, "assignments": set()}, done, {**lazy, "completed_at": active},
                                    {**lazy, "enrolled_at": active}]  # fmt: skip
    write_many(
        [
            AssignmentIndex(course_id=COURSE, rows=assignments),
            GradeSheet(course_id=COURSE, user_id=names[1], entries=low),
            *(
                Enrolment(**{"course_id": COURSE, "user_id": name, "state": "active", "enrolled_at": LONG_AGO, **state})
                for name, state in zip(names, states, strict=True)
            ),
        ]
    )
    shown = teacher.get("/api/dashboard/instructor", {"courseId": COURSE}).data["course"]
    found = {row["userId"]: row["reasons"] for row in shown["atRisk"]}
    assert found == {names[0]: ["inactive"], names[1]: ["low_grades"], names[2]: ["overdue"]}
    assert shown["atRisk"][0]["name"]
    assert shown["atRiskCount"] == 3


def test_an_extension_and_what_was_taken_away_count_in_a_class_as_everywhere(
    client: Client, teacher: Client, clock: Clock
) -> None:
    active = clock.at - timedelta(days=1)
    done: dict[str, Any] = {"last_activity_at": active, "lessons": {f"l{number}" for number in range(8)}}
    names = enrol(client, 6, **done)
    due, later = (clocks.iso(clock.at + timedelta(days=days)) for days in (-2, 2))
    work = [
        {
            "assignment_id": name,
            "is_required": True,
            "due_at": due,
            "has_extensions": True,
            "title": "",
            "category": "c",
        }
        for name in ("a1", "a2")
    ]
    granted = [Extensions(assignment_id=name, by_user={names[0]: {"due_at": later}}) for name in ("a1", "a2")]
    gone = {name: {"points": "0", "max_points": "4"} for name in ("gone", "withdrawn")}
    write_many([
        AssignmentIndex(course_id=COURSE, rows=work), *granted,
        *(GradeSheet(course_id=COURSE, user_id=name, entries=gone) for name in names),
    ])  # fmt: skip
    shown = teacher.get("/api/dashboard/instructor", {"courseId": COURSE}).data["course"]
    found = {row["userId"]: row["reasons"] for row in shown["atRisk"]}
    assert found == {name: ["overdue"] for name in names[1:]}


def test_who_is_far_behind_the_middle_is_at_risk() -> None:
    base: dict[str, Any] = {"since": 0, "active": 2_000_000, "completed": False, "grades": 0, "mean": None, "open": []}
    rows_ = [{**base, "id": str(number), "lessons": lessons} for number, lessons in enumerate((8, 8, 9, 3))]
    now = datetime.fromtimestamp(2_000_001, tz=UTC)
    assert [(row["id"], why) for row, why in at_risk.at_risk(rows_, now)] == [("3", ["behind"])]


def test_a_teachers_items_and_courses_are_summed(
    teacher: Client, tell: Callable[..., None], syllabus: str, clock: Clock
) -> None:
    item: dict[str, Any] = {"owner_id": teacher.user_id, "upload_id": "u", "type": "document", "subject": "s",
                            "grade_level": "g", "file_name": "f"}  # fmt: skip
    write_many(
        [
            ContentItem(content_id="c1", state="published", title="Notes", **item),
            ContentItem(content_id="c2", state="deleted", title="Gone", **item),
            ContentStatistics(content_id="c1", downloads=7, rating_sum=5, rating_count=1),
            AssignmentIndex(course_id=COURSE, rows=[{"assignment_id": "a1", "is_required": True}]),
            AssignmentStatistics(assignment_id="a1", submitted=5, graded=2),
        ]
    )
    tell(ContentPublished(content_id="c1", owner_id=teacher.user_id, title="Notes"))
    run(jobs)
    assert list(find_all(StaleReport)) == []
    shown = teacher.get("/api/dashboard/instructor").data
    assert (shown["contentCount"], shown["downloads"], shown["coursesCount"]) == (1, 7, 1)
    assert (shown["submissionsWaiting"], shown["students"]) == (3, 6)
    assert shown["rating"] == {"mean": 4.67, "count": 3}
    assert shown["courses"][0]["rating"] == {"mean": 4.5, "count": 2}
    change(instructor_id="somebody-else")
    tell(CourseTaught(course_id=syllabus, user_id="somebody-else"))
    run(jobs)
    tell(ContentPublished(content_id="c1", owner_id=teacher.user_id, title="Notes"))
    run(jobs)
    assert teacher.get("/api/dashboard/instructor").data["coursesCount"] == 0


def test_nobody_looks_into_anothers_course(client: Client, teacher: Client) -> None:
    other = client.as_("other", "instructor")
    assert other.get("/api/dashboard/instructor", {"courseId": COURSE}).status == 403
    assert other.get("/api/dashboard/instructor", {"courseId": "0" * 26}).status == 404
    assert client.as_("student").get("/api/dashboard/instructor").status == 403
    assert other.get("/api/dashboard/instructor").data["coursesCount"] == 0


def test_what_changes_while_a_report_is_worked_out_is_not_forgotten(
    teacher: Client, monkeypatch: pytest.MonkeyPatch, syllabus: str
) -> None:
    from functions.analytics.classes import course_reports, stale

    stale.mark(stale.of_course(COURSE))
    original = course_reports.work_out

    def work_out(course_id: str) -> CourseReport | None:
        made = original(course_id)
        stale.mark(stale.of_course(course_id))
        return made

    monkeypatch.setattr(course_reports, "work_out", work_out)
    run(jobs)
    assert [each.subject for each in find_all(StaleReport)] == [f"course#{COURSE}"]


def test_the_report_of_a_deleted_course_goes(teacher: Client, tell: Callable[..., None]) -> None:
    run(jobs)
    assert CourseReport.fetch(course_id=COURSE) is not None
    change(status="deleted")
    tell(CourseDeleted(course_id=COURSE))
    run(jobs)
    assert CourseReport.fetch(course_id=COURSE) is None
