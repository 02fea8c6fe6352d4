"""Items of the library: made for an upload, changed and removed by their owner, shown to those who may see them."""

from typing import Any

from lyceum.events.content import ContentArchived, ContentPublished, ContentRemoved
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, Role, may_touch, require_owner
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.catalog import Topic
from lyceum.model.content.library import ContentItem, ContentStatistics
from lyceum.model.content.uploads import Upload
from lyceum.rules import audits
from lyceum.rules.uploads.purposes import KINDS, RETENTION

from functions.content.library import listings
from functions.content.library.schemas import ChangeContent, ContentFile, ContentView, NewContent, Processing
from functions.content.library.summaries import summary, with_links
from functions.content.uploads.linked_item import search_text, show_files
from functions.content.uploads.schemas import Step

_STATES = {"waiting": "draft", "processing": "processing", "scanning": "processing", "ready": "ready"}
_REVIEWED = frozenset({"submitted", "verified", "rejected", "published", "archived"})
_SEEN_BY_INSTRUCTORS = frozenset({"submitted", "verified"})
_REQUIRED = frozenset({"title", "subject", "grade_level", "tags"})
_SHOWN = (
    "upload_id",
    "description",
    "file_name",
    "facts",
    "reason",
    "verified_at",
    "published_at",
    "state",
    "version",
    "created_at",
)


def create(caller: Principal, wanted: NewContent) -> ContentView:
    """Make an item for an upload of the caller's; whether its file was sent or processed yet does not matter.

    Raises:
        NotFound: The upload or the topic is not there, or not the caller's.
        RuleViolation: The file was rejected or could not be processed.
        Conflict: The upload has an item already.
    """
    upload = Upload.require(upload_id=wanted.upload_id, consistent=True)
    require_owner(caller, upload.owner_id, "upload")
    if upload.state == "deleted" or upload.purpose != "library":
        raise NotFound("There is no such upload.")
    if upload.state not in _STATES:
        raise rule_violation("FILE_NOT_USABLE", upload.reason or "The file could not be processed.")
    if upload.content_id:
        raise Conflict("This upload has a content item already.")
    if wanted.topic_id:
        Topic.require(topic_id=wanted.topic_id)
    item = ContentItem(
        content_id=ids.new_id(),
        owner_id=caller.user_id,
        state=_STATES[upload.state],
        type=KINDS[upload.content_type],
        file_name=upload.file_name,
        **wanted.model_dump(),
    )
    show_files(item, upload)
    item.search_text = search_text(item)
    claim = [Upload.content_id.set(item.content_id)] + (upload.fall_due(None) if upload.state == "ready" else [])
    overtaken = Conflict("The upload went on meanwhile. Please try again.", code="EDIT_CONFLICT")
    unit = Unit().create(item).change(upload, *claim, when=Upload.version == upload.version, refuse=overtaken)
    unit.commit()
    return view(item, None)


def view(item: ContentItem, statistics: ContentStatistics | None) -> ContentView:
    """Show an item with everything that its readers may know."""
    shown: dict[str, Any] = with_links(summary(item)) | {
        name: getattr(item, name) for name in _SHOWN if getattr(item, name) is not None
    }
    shown["files"] = [ContentFile.model_validate(file) for file in item.files]
    if statistics is not None:
        count = int(statistics.rating_count)
        shown |= {"downloads": int(statistics.downloads), "rating_count": count}
        shown |= {"rating": round(int(statistics.rating_sum) / count, 2)} if count else {}
    return ContentView(**shown)


def show(caller: Principal | None, content_id: str) -> ContentView:
    """Show an item with its statistics in one request; raises NotFound for one that the caller may not see."""
    item, known = batch_fetch([ContentItem.at(content_id=content_id), ContentStatistics.at(content_id=content_id)])
    seen = visible(caller, item)
    return view(seen, known if isinstance(known, ContentStatistics) else ContentStatistics(content_id=content_id))


def visible(caller: Principal | None, item: object) -> ContentItem:
    """Return an item that the caller may see: published, their own, or waiting for their verification."""
    if isinstance(item, ContentItem) and item.state != "deleted":
        if item.state == "published" or (caller and may_touch(caller, item.owner_id, Permission.MODERATE)):
            return item
        if caller and caller.is_at_least(Role.INSTRUCTOR) and item.state in _SEEN_BY_INSTRUCTORS:
            return item
    raise NotFound("There is no such content item.")


def own(caller: Principal, content_id: str, override: Permission | None = None) -> ContentItem:
    """Return an item of the caller's as it stands; raises NotFound for any other."""
    item = ContentItem.require(content_id=content_id, consistent=True)
    require_owner(caller, item.owner_id, ContentItem.noun, override)
    if item.state == "deleted":
        raise NotFound("There is no such content item.")
    return item


def change(caller: Principal, content_id: str, wanted: ChangeContent, expect: int | None) -> ContentView:
    """Change what the owner says of an item.

    What was verified is not what it was any more: a submitted, verified, rejected or published item goes back to
    `ready`, out of the library, and has to be submitted again. Archiving alone keeps the verification.

    Raises:
        PreconditionFailed: The item has another version than `expect`.
        NotFound: There is no such item of the caller's, or no such topic.
        Conflict: An item is archived that is not published, or put back that is not archived.
    """
    item = own(caller, content_id)
    fields = wanted.model_dump(exclude_unset=True, exclude={"archived"})
    fields = {
        name: value
        for name, value in fields.items()
        if value != getattr(item, name) and not (value is None and name in _REQUIRED)
    }
    if wanted.topic_id and "topic_id" in fields:
        Topic.require(topic_id=wanted.topic_id)
    unit = Unit()
    if fields:
        listings.remove(unit, item)
        for name, value in fields.items():
            setattr(item, name, value)
        item.search_text = search_text(item)
        if item.state in _REVIEWED:
            item.state, item.reason, item.verified_by, item.verified_at = "ready", None, None, None
        unit.replace(item, expect=expect)
    elif wanted.archived is not None:
        _archive(unit, item, wanted.archived, expect)
    unit.commit()
    return view(item, None)


def _archive(unit: Unit, item: ContentItem, archived: bool, expect: int | None) -> None:
    if item.state != ("published" if archived else "archived"):
        raise Conflict("Only a published item can be archived, and only an archived one put back.")
    if archived:
        listings.remove(unit, item)
        item.state = "archived"
        unit.replace(item, ContentArchived(content_id=item.content_id, owner_id=item.owner_id), expect=expect)
    else:
        put_into_library(unit, item, expect)


def put_into_library(unit: Unit, item: ContentItem, expect: int | None = None) -> None:
    """Put an item into the library with the statistics that it has."""
    statistics = ContentStatistics.fetch(content_id=item.content_id, consistent=True)
    item.state, item.published_at = "published", clock.now()
    unit.replace(
        item, ContentPublished(content_id=item.content_id, owner_id=item.owner_id, title=item.title), expect=expect
    )
    if statistics is None:
        unit.check(
            ContentStatistics.at(content_id=item.content_id),
            ContentStatistics.pk.does_not_exist(),
            refuse=_counted_meanwhile(),
        )
    else:
        unit.check(statistics, ContentStatistics.version == statistics.version, refuse=_counted_meanwhile())
    listings.put(unit, item, statistics or ContentStatistics(content_id=item.content_id))


def _counted_meanwhile() -> Conflict:
    return Conflict("The item's statistics changed meanwhile. Please try again.", code="EDIT_CONFLICT")


def remove(caller: Principal, content_id: str) -> None:
    """Remove an item: it is gone for everybody at once, and its files expire after the retention period."""
    item = own(caller, content_id, Permission.MODERATE)
    unit = Unit()
    listings.remove(unit, item)
    item.state, item.ttl = "deleted", int((clock.now() + RETENTION).timestamp())
    unit.replace(item, ContentRemoved(content_id=item.content_id, owner_id=item.owner_id, upload_id=item.upload_id))
    audits.note(unit, caller.user_id, item.owner_id, "content.remove", content_id)
    unit.commit()


def processing(caller: Principal, content_id: str) -> Processing:
    """Show the owner how far the file of an item came; raises NotFound for anybody else."""
    item = own(caller, content_id, Permission.MODERATE)
    upload = Upload.require(upload_id=item.upload_id)
    return Processing(
        content_id=content_id,
        upload_id=item.upload_id,
        state=upload.state,
        reason=upload.reason if upload.state in {"rejected", "failed"} else None,
        steps=[Step.model_validate(step) for step in upload.steps],
        size_bytes=int(upload.size_bytes),
        bytes_out=sum(int(step["bytes_out"]) for step in upload.steps),
    )
