"""Notices for everybody in a tenant or in a course, in pages: each is handed on in chunks, and asks for the next one.

So no worker has more to do than it has time for, and chunks are worked on side by side.
"""

from typing import Any

from lyceum.events.courses import AnnouncementPosted
from lyceum.events.notifications import PeriodEnded
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, batch_fetch, find, find_all
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.notifications.reminders import NewQuestions
from lyceum.model.users.account import User
from lyceum.tasks.notifications import DeliverNotice, FanOutNotice

from functions.notifications.kinds import ANNOUNCEMENT, NEW_QUESTIONS

consumer = Consumer("notifications-fan-out")
handler = consumer.handler

_PAGE = 500
_CHUNK = 60
"""Users of one task: four transactions of the inbox worker."""
_COURSES = 90
"""Of one transaction, which holds 100 writes."""


@consumer.on(AnnouncementPosted)
def announce(event: AnnouncementPosted, unit: Unit) -> None:
    """Begin to tell everybody, if everybody is meant; who learns in a course is told by the course's own event."""
    if event.course_id is None:
        data = {"announcementId": event.announcement_id, "title": event.title}
        send(unit, FanOutNotice(kind=ANNOUNCEMENT.type, data=data))


@consumer.on(PeriodEnded)
def tell_of_new_questions(event: PeriodEnded, _unit: Unit) -> None:
    """Begin to tell the students of each course how many questions are new since a week ago."""
    if event.length != "week":
        return
    fresh = list(find_all(NewQuestions, week=event.period))
    for number, start in enumerate(range(0, len(fresh), _COURSES)):
        some = fresh[start : start + _COURSES]
        courses = batch_fetch([Course.at(course_id=each.course_id) for each in some])
        with consumer.part(event, number) as part:
            for each, course in zip(some, courses, strict=True):
                if isinstance(course, Course):
                    data = {"courseId": each.course_id, "title": course.title, "count": str(int(each.approved))}
                    send(part, FanOutNotice(kind=NEW_QUESTIONS.type, data=data, course_id=each.course_id))


@consumer.paged(FanOutNotice)
def address(notice: FanOutNotice, unit: Unit) -> dict[str, Any] | None:
    """Address the users of one page and return the storage key that ends it."""
    user_ids, last_key = (
        _everybody(notice.after) if notice.course_id is None else _students(notice.course_id, notice.after)
    )
    for start in range(0, len(user_ids), _CHUNK):
        send(unit, DeliverNotice(kind=notice.kind, data=notice.data, user_ids=user_ids[start : start + _CHUNK]))
    return last_key


def _everybody(after: dict[str, Any] | None) -> tuple[list[str], dict[str, Any] | None]:
    page = find(User, index="gsi1", limit=_PAGE, after=after)
    return [str(user.user_id) for user in page.items if user.status == "active"], page.last_key


def _students(course_id: str, after: dict[str, Any] | None) -> tuple[list[str], dict[str, Any] | None]:
    page = find(Enrolment, course_id=course_id, limit=_PAGE, after=after)
    return [str(each.user_id) for each in page.items if each.state == "active"], page.last_key
