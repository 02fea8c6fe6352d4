"""Brings announcements to the students of a course: a page of students a task, each told once."""

from typing import Any

from lyceum.events.courses import AnnouncementReceived
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, find
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.enrolments import Enrolment
from lyceum.tasks.courses import FanOutAnnouncement

consumer = Consumer("courses-announcements")
handler = consumer.handler
_PAGE = 90


@consumer.paged(FanOutAnnouncement)
def fan_out(task: FanOutAnnouncement, unit: Unit) -> str | None:
    """Leave a receipt with each student of a page; an announcement that is gone reaches nobody else."""
    if Announcement.fetch(audience=task.course_id, announcement_id=task.announcement_id) is None:
        return None
    start = f"STUDENT#{task.after}\0" if task.after else None
    page = find(Enrolment, course_id=task.course_id, limit=_PAGE, from_sort=start, consistent=True)
    about: dict[str, Any] = {"announcement_id": task.announcement_id, "course_id": task.course_id}
    for student in page.items:
        if student.state == "active":
            received = AnnouncementReceived(**about, user_id=student.user_id, title=task.title)
            unit.create(AnnouncementReceipt(**about, user_id=student.user_id), received)
    return page.items[-1].user_id if page.last_key else None
