"""Notices for everybody in a tenant or in a course, in pages: each is handed on in chunks, and halves what is left.

So no worker has more to do than it has time for, and both pages and chunks are worked on side by side: of a million
readers, who are two thousand pages, some twenty are worked on one after another.
"""

from collections import Counter
from typing import Any

from lyceum.events.courses import AnnouncementPosted
from lyceum.events.notifications import PeriodEnded
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Slice, Unit, batch_fetch, find, find_all
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.notifications.reminders import NewQuestions
from lyceum.model.users.account import User
from lyceum.rules import key_ranges
from lyceum.tasks.notifications import AddressCampaign, DeliverNotice, FanOutNotice

from functions.notifications.campaigns import sending
from functions.notifications.kinds import ANNOUNCEMENT, NEW_QUESTIONS

consumer = Consumer("notifications-fan-out")
handler = consumer.handler
consumer.on(AddressCampaign)(sending.address)

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
    fresh: Counter[str] = Counter()
    for each in find_all(NewQuestions, week=event.period):
        fresh[each.course_id] += int(each.approved)
    course_ids = sorted(fresh)
    for number, start in enumerate(range(0, len(course_ids), _COURSES)):
        some = course_ids[start : start + _COURSES]
        courses = batch_fetch([Course.at(course_id=course_id) for course_id in some])
        with consumer.part(event, number) as part:
            for course_id, course in zip(some, courses, strict=True):
                if isinstance(course, Course):
                    data = {"courseId": course_id, "title": course.title, "count": str(fresh[course_id])}
                    send(part, FanOutNotice(kind=NEW_QUESTIONS.type, data=data, course_id=course_id))


@consumer.on(FanOutNotice)
def address(notice: FanOutNotice, unit: Unit) -> None:
    """Address the users of one page, and leave each half of what lies behind it to a task of its own."""
    last = notice.last or _end(notice.course_id)
    if last is None:
        return
    page = _page(notice.course_id, _beginning(notice), last)
    user_ids = [str(each.user_id) for each in page.items if _is_addressed(each)]
    for start in range(0, len(user_ids), _CHUNK):
        send(unit, DeliverNotice(kind=notice.kind, data=notice.data, user_ids=user_ids[start : start + _CHUNK]))
    if page.last_key is not None:
        _leave(notice, _sort_of(page.last_key), last, unit)


def _leave(notice: FanOutNotice, reached: str, last: str, unit: Unit) -> None:
    """Send the tasks of both halves of what lies behind a sort key, or the one of all where it has no middle."""
    fields = notice.model_dump(include={"kind", "data", "course_id"})
    ranges = key_ranges.halves(reached, last)
    send(unit, *(FanOutNotice(**fields, first=f"{before}\0", last=until) for before, until in ranges))


def _beginning(notice: FanOutNotice) -> str | None:
    return f"{_sort_of(notice.after)}\0" if notice.after else notice.first


def _sort_of(key: dict[str, Any]) -> str:
    return str(key["GSI1SK" if "GSI1SK" in key else "SK"]["S"])


def _end(course_id: str | None) -> str | None:
    """Return the greatest sort key of a list, None of an empty one (1 request)."""
    if course_id is None:
        users = find(User, index="gsi1", limit=1, descending=True).items
        return str(users[0].gsi1sk) if users else None
    students = find(Enrolment, course_id=course_id, limit=1, descending=True).items
    return str(students[0].sk) if students else None


def _page(course_id: str | None, first: str | None, last: str) -> Slice[User] | Slice[Enrolment]:
    if course_id is None:
        return find(User, index="gsi1", limit=_PAGE, from_sort=first, to_sort=last)
    return find(Enrolment, course_id=course_id, limit=_PAGE, from_sort=first, to_sort=last)


def _is_addressed(each: User | Enrolment) -> bool:
    return each.status == "active" if isinstance(each, User) else each.state == "active"
