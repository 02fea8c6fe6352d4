"""From ready to published: the owner submits, another instructor verifies, an admin publishes, each step once."""

from lyceum.events.content import ContentReturned, ContentSubmitted, ContentVerified
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Forbidden
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.content.library import ContentItem
from lyceum.model.users.account import User
from lyceum.rules import audits

from functions.content.library import items
from functions.content.library.schemas import ContentView, Verification


def submit(caller: Principal, content_id: str) -> ContentView:
    """Ask for verification of one's own item; its file must be ready. Raises Conflict in any other state."""
    item = items.own(caller, content_id)
    _require_state(item, "ready", "rejected")
    item.state, item.reason = "submitted", None
    Unit().replace(item, ContentSubmitted(content_id=item.content_id, owner_id=item.owner_id)).commit()
    return items.view(item, None)


def verify(caller: Principal, content_id: str, wanted: Verification) -> ContentView:
    """Approve or reject another's item.

    Raises Forbidden for its owner and for who is not verified, Conflict when it was not submitted.
    """
    item, verifier = batch_fetch(
        [ContentItem.at(content_id=content_id), User.at(user_id=caller.user_id)], consistent=True
    )
    item = items.visible(caller, item)
    if item.owner_id == caller.user_id:
        raise Forbidden("Somebody else has to verify what is yours.")
    if not isinstance(verifier, User) or not verifier.is_verified or verifier.status_at(clock.now()) != "active":
        raise Forbidden("Only verified instructors verify content.")
    _require_state(item, "submitted")
    if wanted.decision == "approve":
        item.state, item.verified_by, item.verified_at = "verified", caller.user_id, clock.now()
        event = ContentVerified(content_id=item.content_id, owner_id=item.owner_id, title=item.title)
        _commit(Unit().replace(item, event), caller, item, "content.verify")
    else:
        item.state, item.reason = "rejected", wanted.reason
        returned = ContentReturned(
            content_id=item.content_id, owner_id=item.owner_id, title=item.title, reason=wanted.reason or ""
        )
        _commit(Unit().replace(item, returned), caller, item, "content.reject")
    return items.view(item, None)


def publish(caller: Principal, content_id: str) -> ContentView:
    """Put a verified item into the library, into all its lists at once. Raises Conflict in any other state."""
    item = items.visible(caller, ContentItem.fetch(content_id=content_id, consistent=True))
    _require_state(item, "verified")
    unit = Unit()
    items.put_into_library(unit, item)
    _commit(unit, caller, item, "content.publish")
    return items.view(item, None)


def _commit(unit: Unit, caller: Principal, item: ContentItem, action: str) -> None:
    """Send what is done to an item, with its audit when it is somebody else's."""
    audits.note(unit, caller.user_id, item.owner_id, action, item.content_id)
    unit.commit()


def _require_state(item: ContentItem, *states: str) -> None:
    if item.state not in states:
        raise Conflict(f"This item is {item.state}; for this it has to be {' or '.join(states)}.", code="WRONG_STATE")
