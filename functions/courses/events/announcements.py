"""Brings announcements to the students of a course, a page of students a task, each told once.

Whoever enters later finds those that are there already, and teachers find those of their courses; neither is told.
"""

from typing import Any

from lyceum.events.courses import AnnouncementReceived, CourseEnrolled, CourseTaught
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access
from lyceum.tasks.courses import FanOutAnnouncement

consumer = Consumer("courses-announcements")
handler = consumer.handler
_PAGE = 90


@consumer.paged(FanOutAnnouncement)
def fan_out(task: FanOutAnnouncement, unit: Unit) -> str | None:
    """Leave a receipt with each student of a page; an announcement that is gone reaches nobody else."""
    announcement = Announcement.fetch(audience=task.course_id, announcement_id=task.announcement_id)
    if announcement is None:
        return None
    start = f"STUDENT#{task.after}\0" if task.after else None
    page = find(Enrolment, course_id=task.course_id, limit=_PAGE, from_sort=start, consistent=True)
    about: dict[str, Any] = {"announcement_id": task.announcement_id, "course_id": task.course_id}
    for student in page.items:
        was_there = student.state == "active" and student.enrolled_at <= announcement.created_at
        if was_there and student.user_id != announcement.author_id:
            received = AnnouncementReceived(**about, user_id=student.user_id, title=task.title)
            unit.put(AnnouncementReceipt(**about, user_id=student.user_id), received)
    if task.after is None:
        for user_id in _teachers(announcement):
            unit.put(AnnouncementReceipt(**about, user_id=user_id))
    return page.items[-1].user_id if page.last_key else None


def _teachers(announcement: Announcement) -> list[str]:
    """Name those who find an announcement without being told of it: its author, and whoever teaches the course."""
    course = Course.fetch(course_id=announcement.course_id)
    return list(dict.fromkeys([announcement.author_id, *(course_access.teachers_of(course) if course else [])]))


@consumer.on(CourseEnrolled)
@consumer.on(CourseTaught)
def hand_on(event: CourseEnrolled | CourseTaught, unit: Unit) -> None:
    """Leave receipts of a course's latest announcements with somebody who enters it, comes back, or teaches it."""
    there = find(Announcement, audience=event.course_id, limit=_PAGE, descending=True, consistent=True).items
    mine: list[AnnouncementReceipt] = [
        AnnouncementReceipt(announcement_id=each.announcement_id, course_id=event.course_id, user_id=event.user_id)
        for each in there
    ]
    named = [AnnouncementReceipt.at(user_id=each.user_id, announcement_id=each.announcement_id) for each in mine]
    for receipt, known in zip(mine, batch_fetch(named, consistent=True), strict=True):
        if known is None:
            unit.put(receipt)
