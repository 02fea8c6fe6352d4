"""What students do with lessons: complete them and report the time they spend."""

from datetime import timedelta
from typing import Any

from lyceum.events.courses import LessonCompleted
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.courses.lessons import Lesson
from lyceum.rules.courses import course_access

from functions.courses.enrolments import progress
from functions.courses.enrolments.schemas import CompletedLesson, CountedTime, StudyTimeReport

_TRIES = 4
_MOST_SPARE_SECONDS = 3600
_REPORTS_KEPT = 50


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
    """Count time spent, once for each report and never more than went by unclaimed (an hour at most) since enrolment.

    So what is counted of a course is at most the time that went by by the server's clock, whatever is reported, in
    which order, how often and from how many devices; reports of up to an hour that come in a burst are all counted.
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
        counted = _claim(time, enrolment, report)
        try:
            _count(time, lesson_id, counted)
        except Conflict:
            continue
        return CountedTime(
            lesson_id=lesson_id,
            counted_seconds=counted,
            lesson_seconds=time.seconds_by_lesson.get(lesson_id, 0),
            course_seconds=time.total_seconds,
        )
    raise Conflict("Two devices report at once. Please try again.", code="EDIT_CONFLICT")


def _claim(time: StudyTime, enrolment: Enrolment, report: StudyTimeReport) -> int:
    """Take what a report says off the time that nobody claimed yet, as far as it goes; 0 for one that came before."""
    if report.beat_id in time.report_ids:
        return 0
    now = clock.now()
    since = max(filter(None, (time.last_report_at, enrolment.enrolled_at)))
    passed = max(0, int((now - since).total_seconds()))
    spare = min(_MOST_SPARE_SECONDS, int(time.spare_seconds) + passed)
    counted = min(report.seconds, spare)
    time.spare_seconds = spare - counted
    time.last_report_at = max(since, since + timedelta(seconds=passed))
    time.report_ids = [*time.report_ids, report.beat_id][-_REPORTS_KEPT:]
    return counted


def _count(time: StudyTime, lesson_id: str, counted: int) -> None:
    if not counted:
        return
    time.total_seconds = int(time.total_seconds) + counted
    time.seconds_by_lesson = {**time.seconds_by_lesson, lesson_id: time.seconds_by_lesson.get(lesson_id, 0) + counted}
    (Unit().replace(time) if time.version else Unit().create(time)).commit()
