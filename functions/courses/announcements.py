"""Announcements: posted once, brought to the students of a course by a worker, read by everybody they concern."""

from lyceum.events.courses import AnnouncementPosted
from lyceum.kit import ids
from lyceum.kit.errors import Forbidden
from lyceum.kit.event import Message
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find, skipped
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.rules import audits
from lyceum.rules.courses import course_access
from lyceum.tasks.courses import FanOutAnnouncement

from functions.courses.schemas.announcements import AnnouncementView, NewAnnouncement

EVERYBODY = "all"


def post(caller: Principal, wanted: NewAnnouncement) -> Announcement:
    """Tell the students of one's own course, or as an admin everybody; raises Forbidden and NotFound."""
    if wanted.course_id is None and not caller.may(Permission.MANAGE_CATALOGUE):
        raise Forbidden("Only admins tell everybody; name a course.")
    course = course_access.taught_by_id(caller, wanted.course_id) if wanted.course_id is not None else None
    announcement = Announcement(
        audience=wanted.course_id or EVERYBODY,
        announcement_id=ids.new_id(),
        author_id=caller.user_id,
        **wanted.model_dump(),
    )
    unit = Unit().create(announcement, *_messages(announcement))
    owner_id = course.instructor_id if course else None
    after = {"audience": announcement.audience}
    audits.note(unit, caller.user_id, owner_id, "announcement.post", announcement.announcement_id, after=after)
    unit.commit()
    return announcement


def _messages(announcement: Announcement) -> list[Message]:
    """Return what a new announcement causes: its event, and for a course the task to bring it to the students."""
    about = {"announcement_id": announcement.announcement_id, "title": announcement.title}
    posted = AnnouncementPosted(**about, author_id=announcement.author_id, course_id=announcement.course_id)
    if announcement.course_id is None:
        return [posted]
    return [posted, FanOutAnnouncement(**about, course_id=announcement.course_id)]


def page(caller: Principal, query: Listing) -> Page[AnnouncementView]:
    """Return a page of what concerns the caller, for everybody or of their courses, newest first (3 requests)."""
    after = query.start_key()
    skip = skipped(after)
    before, most = _id_before(after["name"]["S"]) if after and not skip else None, skip + query.limit
    own = find(AnnouncementReceipt, user_id=caller.user_id, limit=most + 1, to_sort=before, descending=True)
    everybody = find(Announcement, audience=EVERYBODY, limit=most + 1, to_sort=before, descending=True)
    audiences = {receipt.announcement_id: receipt.course_id for receipt in own.items}
    audiences |= {announcement.announcement_id: EVERYBODY for announcement in everybody.items}
    newest = sorted(audiences, reverse=True)[skip:most]
    read = batch_fetch([Announcement.at(audience=audiences[each], announcement_id=each) for each in newest])
    shown = [each for each in read if isinstance(each, Announcement)]
    last_key = {"name": {"S": newest[-1]}} if len(audiences) > most else None
    return query.page(Slice(shown, last_key), AnnouncementView.model_validate)


def _id_before(announcement_id: str) -> str:
    """Return the highest text that sorts before an id, so that a slice up to it leaves the id out."""
    return announcement_id[:-1] + chr(ord(announcement_id[-1]) - 1) + "\U0010ffff"
