"""What students do with lessons: complete them and report the time they spend."""

from typing import Any

from lyceum.events.courses import LessonCompleted
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.courses.lessons import Lesson
from lyceum.rules import course_access

from functions.courses.enrolments import progress
from functions.courses.enrolments.schemas import CompletedLesson, CountedTime, StudyTimeReport

_TRIES = 4


def complete(caller: Principal, lesson_id: str) -> CompletedLesson:
    """Complete a lesson; a second time changes nothing. Raises Forbidden for somebody who is not in the course."""
    lesson = Lesson.require(lesson_id=lesson_id)
    completed = LessonCompleted(course_id=lesson.course_id, lesson_id=lesson_id, user_id=caller.user_id)
    done = progress.complete(lesson.course_id, caller.user_id, "lessons", lesson_id, completed)
    return CompletedLesson(
        lesson_id=lesson_id,
        course_id=lesson.course_id,
        already_completed=done.is_repeated,
        percent=done.percent,
        course_completed_at=done.enrolment.completed_at,
    )


def report_time(caller: Principal, lesson_id: str, report: StudyTimeReport) -> CountedTime:
    """Count time spent, once for each report and never more than has passed since the one before (or since enrolment).

    So what is counted of a course is at most the time that went by, whatever is reported, how often and from how many
    devices.
    """
    course_id = Lesson.require(lesson_id=lesson_id).course_id
    mine: dict[str, Any] = {"course_id": course_id, "user_id": caller.user_id}
    for _ in range(_TRIES):
        found, enrolment, studied = batch_fetch(
            [Course.at(course_id=course_id), Enrolment.at(**mine), StudyTime.at(**mine)], consistent=True
        )
        course_access.existing(found)
        if not isinstance(enrolment, Enrolment) or enrolment.state != "active":
            raise course_access.not_enrolled()
        time = studied if isinstance(studied, StudyTime) else StudyTime(**mine)
        counted = _counted(time, enrolment, report)
        try:
            _count(time, lesson_id, report, counted)
        except Conflict:
            continue
        return CountedTime(
            lesson_id=lesson_id,
            counted_seconds=counted,
            lesson_seconds=time.seconds_by_lesson.get(lesson_id, 0),
            course_seconds=time.total_seconds,
        )
    raise Conflict("Two devices report at once. Please try again.", code="EDIT_CONFLICT")


def _counted(time: StudyTime, enrolment: Enrolment, report: StudyTimeReport) -> int:
    if time.last_report_id is not None and report.beat_id <= time.last_report_id:
        return 0
    passed = clock.now() - (time.last_report_at or enrolment.enrolled_at)
    return max(0, min(report.seconds, int(passed.total_seconds())))


def _count(time: StudyTime, lesson_id: str, report: StudyTimeReport, counted: int) -> None:
    if not counted:
        return
    time.total_seconds = int(time.total_seconds) + counted
    time.seconds_by_lesson = {**time.seconds_by_lesson, lesson_id: time.seconds_by_lesson.get(lesson_id, 0) + counted}
    time.last_report_id, time.last_report_at = report.beat_id, clock.now()
    (Unit().replace(time) if time.version else Unit().create(time)).commit()
