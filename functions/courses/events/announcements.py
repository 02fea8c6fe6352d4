"""Brings announcements to the students of a course, a page of students a task that halves what is left, each told once.

Whoever enters later finds those that are there already, and teachers find those of their courses; neither is told.
"""

from typing import Any

from lyceum.events.courses import AnnouncementReceived, CourseEnrolled, CourseTaught
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules import key_ranges
from lyceum.rules.courses import course_access
from lyceum.tasks.courses import FanOutAnnouncement

consumer = Consumer("courses-announcements")
handler = consumer.handler
_PAGE = 80
"""Of one transaction, which holds 100 writes."""
_LATEST = 90


@consumer.on(FanOutAnnouncement)
def fan_out(task: FanOutAnnouncement, unit: Unit) -> None:
    """Leave a receipt with each student of a page, and each half of what lies behind it to a task of its own.

    An announcement that is gone reaches nobody else.
    """
    announcement = Announcement.fetch(audience=task.course_id, announcement_id=task.announcement_id)
    if announcement is None:
        return
    first = f"STUDENT#{task.after}\0" if task.after else task.first
    about: dict[str, Any] = {"announcement_id": task.announcement_id, "course_id": task.course_id}
    if first is None:
        for user_id in _teachers(announcement):
            unit.put(AnnouncementReceipt(**about, user_id=user_id))
    last = task.last or _end(task.course_id)
    if last is None:
        return
    page = find(Enrolment, course_id=task.course_id, limit=_PAGE, from_sort=first, to_sort=last, consistent=True)
    for student in page.items:
        was_there = student.state == "active" and student.enrolled_at <= announcement.created_at
        if was_there and student.user_id != announcement.author_id:
            received = AnnouncementReceived(**about, user_id=student.user_id, title=task.title)
            unit.put(AnnouncementReceipt(**about, user_id=student.user_id), received)
    if page.last_key is not None:
        ranges = key_ranges.halves(str(page.last_key["SK"]["S"]), last)
        about["title"] = task.title
        send(unit, *(FanOutAnnouncement(**about, first=f"{before}\0", last=until) for before, until in ranges))


def _end(course_id: str) -> str | None:
    """Return the greatest sort key of a course's students, None where there are none."""
    students = find(Enrolment, course_id=course_id, limit=1, descending=True, consistent=True).items
    return str(students[0].sk) if students else None


def _teachers(announcement: Announcement) -> list[str]:
    """Name those who find an announcement without being told of it: its author, and whoever teaches the course."""
    course = Course.fetch(course_id=announcement.course_id)
    return list(dict.fromkeys([announcement.author_id, *(course_access.teachers_of(course) if course else [])]))


@consumer.on(CourseEnrolled)
@consumer.on(CourseTaught)
def hand_on(event: CourseEnrolled | CourseTaught, unit: Unit) -> None:
    """Leave receipts of a course's latest announcements with somebody who enters it, comes back, or teaches it."""
    there = find(Announcement, audience=event.course_id, limit=_LATEST, descending=True, consistent=True).items
    mine: list[AnnouncementReceipt] = [
        AnnouncementReceipt(announcement_id=each.announcement_id, course_id=event.course_id, user_id=event.user_id)
        for each in there
    ]
    named = [AnnouncementReceipt.at(user_id=each.user_id, announcement_id=each.announcement_id) for each in mine]
    for receipt, known in zip(mine, batch_fetch(named, consistent=True), strict=True):
        if known is None:
            unit.put(receipt)
