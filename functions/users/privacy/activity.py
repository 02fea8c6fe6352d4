"""What somebody did and what was done to their account, in one line of time."""

from lyceum.kit.table import Slice, find, skipped
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session

from functions.users.privacy.schemas import ActivityEntry, ActivityQuery

_SESSIONS = 100


def page(user_id: str, query: ActivityQuery) -> Slice[ActivityEntry]:
    """Merge acts, decisions and sign-ins by their ids, which are in the order of time (3 storage requests)."""
    after = query.start_key()
    skip = skipped(after)
    before = after["before"]["S"] if after and not skip else None
    wanted = skip + query.limit + 1
    options = {"limit": wanted + 1, "descending": True}
    found = {
        entry.id: entry
        for entry in [
            *map(_act, find(AuditEvent, index="gsi1", actor_id=user_id, to_sort=before, **options).items),  # type: ignore[arg-type]
            *map(_decision, find(AuditEvent, subject_id=user_id, to_sort=before, **options).items),  # type: ignore[arg-type]
            *map(_sign_in, find(Session, user_id=user_id, limit=_SESSIONS, descending=True).items),
        ]
        if before is None or entry.id < before
    }
    ordered = sorted(found.values(), key=lambda entry: entry.id, reverse=True)
    shown = ordered[skip : skip + query.limit]
    has_more = len(ordered) > skip + query.limit
    return Slice(shown, {"before": {"S": shown[-1].id}} if has_more else None)


def _act(event: AuditEvent) -> ActivityEntry:
    return ActivityEntry(
        id=event.audit_id,
        at=event.happened_at,
        type="act",
        action=event.action,
        actor_id=event.actor_id,
        subject_id=event.subject_id,
        reason=event.reason,
        changes=event.after or None,
    )


def _decision(event: AuditEvent) -> ActivityEntry:
    entry = _act(event)
    return entry if event.actor_id == event.subject_id else entry.model_copy(update={"type": "decision"})


def _sign_in(session: Session) -> ActivityEntry:
    return ActivityEntry(
        id=session.session_id,
        at=session.created_at or session.last_seen_at,
        type="sign_in",
        action="session.begin",
        device=session.user_agent,
        address=session.address,
    )
