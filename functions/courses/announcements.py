"""Announcements: posted once, brought to the students of a course by a worker, read by everybody they concern."""

from lyceum.events.courses import AnnouncementPosted
from lyceum.kit import ids
from lyceum.kit.errors import Forbidden
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.rules import course_access

from functions.courses.schemas import AnnouncementView, NewAnnouncement

EVERYBODY = "all"


def post(caller: Principal, wanted: NewAnnouncement) -> Announcement:
    """Tell the students of one's own course, or as an admin everybody; raises Forbidden and NotFound."""
    if wanted.course_id is None and not caller.may(Permission.MANAGE_CATALOGUE):
        raise Forbidden("Only admins tell everybody; name a course.")
    if wanted.course_id is not None:
        course_access.taught_by_id(caller, wanted.course_id)
    said = Announcement(
        audience=wanted.course_id or EVERYBODY,
        announcement_id=ids.new_id(),
        author_id=caller.user_id,
        **wanted.model_dump(),
    )
    told = AnnouncementPosted(
        announcement_id=said.announcement_id, author_id=caller.user_id, title=said.title, course_id=wanted.course_id
    )
    Unit().create(said, told).commit()
    return said


def page(caller: Principal, query: Listing) -> Page[AnnouncementView]:
    """Return a page of what concerns the caller, newest first: what everybody is told and what their courses are (3 requests)."""
    after = query.start_key()
    before = _id_before(after["name"]["S"]) if after else None
    own = find(AnnouncementReceipt, user_id=caller.user_id, limit=query.limit + 1, to_sort=before, descending=True)
    everybody = find(Announcement, audience=EVERYBODY, limit=query.limit + 1, to_sort=before, descending=True)
    audiences = {told.announcement_id: told.course_id for told in own.items} | {
        said.announcement_id: EVERYBODY for said in everybody.items
    }
    newest = sorted(audiences, reverse=True)[: query.limit]
    read = batch_fetch([Announcement.at(audience=audiences[each], announcement_id=each) for each in newest])
    shown = [each for each in read if isinstance(each, Announcement)]
    last_key = {"name": {"S": newest[-1]}} if len(audiences) > query.limit else None
    return query.page(Slice(shown, last_key), AnnouncementView.model_validate)


def _id_before(announcement_id: str) -> str:
    """Return the highest text that sorts before an id, so that a slice up to it leaves the id out."""
    return announcement_id[:-1] + chr(ord(announcement_id[-1]) - 1) + "\U0010ffff"
