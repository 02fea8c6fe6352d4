"""Brings announcements to the students of a course, a page of students a task, each told once.

Whoever enters later finds those that are there already, and the author finds the own ones; neither is told of them.
"""

from typing import Any

from lyceum.events.courses import AnnouncementReceived, CourseEnrolled
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.enrolments import Enrolment
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
        unit.put(AnnouncementReceipt(**about, user_id=announcement.author_id))
    return page.items[-1].user_id if page.last_key else None


@consumer.on(CourseEnrolled)
def hand_on(event: CourseEnrolled, unit: Unit) -> None:
    """Leave receipts of a course's latest announcements with somebody who enters it, or comes back."""
    there = find(Announcement, audience=event.course_id, limit=_PAGE, descending=True, consistent=True).items
    mine: list[AnnouncementReceipt] = [
        AnnouncementReceipt(announcement_id=each.announcement_id, course_id=event.course_id, user_id=event.user_id)
        for each in there
    ]
    named = [AnnouncementReceipt.at(user_id=each.user_id, announcement_id=each.announcement_id) for each in mine]
    for receipt, known in zip(mine, batch_fetch(named, consistent=True), strict=True):
        if known is None:
            unit.put(receipt)
