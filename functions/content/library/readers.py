"""What readers do with an item: fetch its files, keep a copy on a device, rate it."""

from datetime import timedelta
from typing import Any

from lyceum.events.content import ContentDownloaded, ContentRated
from lyceum.kit import clock
from lyceum.kit.aws import links
from lyceum.kit.errors import Conflict, Forbidden
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.content.library import ContentItem, ContentRating, OfflineCopy
from lyceum.rules.marketplace import rights

from functions.content.library.items import visible
from functions.content.library.schemas import FileLink, KeepOffline, Kept, Rated
from functions.content.library.summaries import file_of, summary

_LINK_LIFETIME = timedelta(minutes=5)
_TRIES = 3
_SOLD = frozenset({"ready", "submitted", "verified"})
"""States in which the library does not give an item to everybody, and its owner may sell it."""


def link(caller: Principal, content_id: str, variant: str) -> FileLink:
    """Sign an address of a file for five minutes (1 storage request, 2 of what is sold).

    Raises NotFound for what the caller may not see and has not bought.
    """
    item = _readable(caller, ContentItem.fetch(content_id=content_id))
    file = file_of(item, variant)
    return FileLink(
        content_id=content_id,
        variant=file["name"],
        content_type=file["content_type"],
        size_bytes=file["size_bytes"],
        url=links.link(file["key"], int(_LINK_LIFETIME.total_seconds())),
        expires_at=clock.now() + _LINK_LIFETIME,
    )


def _readable(caller: Principal, item: ContentItem | None) -> ContentItem:
    """Return an item that the caller may see, or has bought while it is not given to everybody."""
    if item is not None and item.state in _SOLD and rights.holds(caller.user_id, f"CONTENT#{item.content_id}"):
        return item
    return visible(caller, item)


def keep_offline(caller: Principal, content_id: str, wanted: KeepOffline) -> Kept:
    """Note that a device keeps a copy; its first download of a day (UTC) is counted, however often it is noted."""
    key: dict[str, Any] = {"user_id": caller.user_id, "device_id": wanted.device_id, "content_id": content_id}
    item, earlier = batch_fetch([ContentItem.at(content_id=content_id), OfflineCopy.at(**key)])
    item = visible(caller, item)
    file = file_of(item, wanted.variant)
    today = f"{clock.now():%Y-%m-%d}"
    copy = earlier if isinstance(earlier, OfflineCopy) else OfflineCopy(**key, day="", variant="", summary={})
    is_counted = item.state == "published" and copy.day != today
    events = [ContentDownloaded(content_id=content_id, user_id=caller.user_id)] if is_counted else []
    is_new, changed = copy.version == 0, (copy.day, copy.variant) != (today, file["name"])
    copy.day, copy.variant, copy.summary = today, file["name"], summary(item)
    done = Kept(content_id=content_id, device_id=wanted.device_id, variant=file["name"], counted=is_counted)
    if not changed:
        return done
    unit = Unit().create(copy, *events) if is_new else Unit().replace(copy, *events)
    try:
        unit.commit()
    except Conflict:  # the same device noted it at the same moment, and that was counted
        return done.model_copy(update={"counted": False})
    return done


def rate(caller: Principal, content_id: str, stars: int) -> Rated:
    """Rate a published item, or change one's rating: each change is one event with how much the sum of stars grew.

    Raises Forbidden for the owner and NotFound for what is not published.
    """
    for attempt in range(_TRIES):
        item, earlier = batch_fetch(
            [ContentItem.at(content_id=content_id), ContentRating.at(content_id=content_id, user_id=caller.user_id)],
            consistent=True,
        )
        item = visible(caller, item)
        if item.owner_id == caller.user_id:
            raise Forbidden("Nobody rates what is theirs.")
        if item.state != "published":
            raise Conflict("Only published items are rated.", code="WRONG_STATE")
        try:
            _write(caller, content_id, stars, earlier if isinstance(earlier, ContentRating) else None)
            break
        except Conflict:
            if attempt == _TRIES - 1:
                raise
    return Rated(content_id=content_id, stars=stars)


def _write(caller: Principal, content_id: str, stars: int, earlier: ContentRating | None) -> None:
    before = int(earlier.stars) if earlier else 0
    if before == stars:
        return
    event = ContentRated(content_id=content_id, user_id=caller.user_id, change=stars - before, is_new=earlier is None)
    if earlier is None:
        Unit().create(ContentRating(content_id=content_id, user_id=caller.user_id, stars=stars), event).commit()
    else:
        earlier.stars = stars
        Unit().replace(earlier, event).commit()
