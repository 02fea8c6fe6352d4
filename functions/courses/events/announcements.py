"""Brings announcements to the students of a course: a page of students a message, each told once."""

from lyceum.events.courses import AnnouncementPosted, AnnouncementReceived
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, find
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.enrolments import Enrolment
from lyceum.tasks.courses import FanOutAnnouncement

consumer = Consumer("announcements")
handler = consumer.handler
_PAGE = 90


@consumer.on(AnnouncementPosted)
def begin(event: AnnouncementPosted, unit: Unit) -> None:
    """Tell the first students of a course; what everybody is told needs no spreading."""
    if event.course_id is not None:
        _tell(event.announcement_id, event.course_id, event.title, None, unit)


@consumer.on(FanOutAnnouncement)
def go_on(event: FanOutAnnouncement, unit: Unit) -> None:
    """Tell the next students."""
    _tell(event.announcement_id, event.course_id, event.title, event.after_user_id, unit)


def _tell(announcement_id: str, course_id: str, title: str, after_user_id: str | None, unit: Unit) -> None:
    """Tell a page of students in the message's own transaction, which also sends the message for the next page."""
    if Announcement.fetch(audience=course_id, announcement_id=announcement_id) is None:
        return
    start = f"STUDENT#{after_user_id}\0" if after_user_id else None
    page = find(Enrolment, course_id=course_id, limit=_PAGE, from_sort=start, consistent=True)
    for student in page.items:
        if student.state == "active":
            received = AnnouncementReceived(
                announcement_id=announcement_id, course_id=course_id, user_id=student.user_id, title=title
            )
            unit.create(
                AnnouncementReceipt(user_id=student.user_id, announcement_id=announcement_id, course_id=course_id),
                received,
            )
    if page.last_key:
        more = FanOutAnnouncement(
            announcement_id=announcement_id, course_id=course_id, title=title, after_user_id=page.items[-1].user_id
        )
        send(unit, more)
