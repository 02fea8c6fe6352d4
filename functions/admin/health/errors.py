"""Unforeseen failures in groups: listed, resolved, and seen again."""

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Slice, Unit, cut_sorted, find
from lyceum.model.admin.telemetry import ErrorGroup
from lyceum.rules import audits

from functions.admin.health.schemas import ErrorsQuery, ErrorView, UpdateError

MOST_GROUPS = 1000
"""Groups that a list looks at: a product with more kinds of failures has other worries."""


def listed(query: ErrorsQuery) -> Slice[ErrorGroup]:
    """Return a page of the errors that match (1 request for about 500)."""
    found = [group for group in find(ErrorGroup, limit=MOST_GROUPS).items if _matches(group, query)]
    after = query.start_key()
    if query.sort == "-count":
        return cut_sorted(
            found, lambda group: [int(group.total), group.fingerprint], limit=query.limit, after=after, descending=True
        )
    if query.sort == "firstAt":
        return cut_sorted(
            found, lambda group: [clock.iso(group.first_at), group.fingerprint], limit=query.limit, after=after
        )
    return cut_sorted(
        found,
        lambda group: [clock.iso(group.last_at), group.fingerprint],
        limit=query.limit,
        after=after,
        descending=True,
    )


def view(group: ErrorGroup) -> ErrorView:
    """Show an error."""
    named = {name: getattr(group, name) for name in ErrorView.model_fields if name != "count"}
    return ErrorView.model_validate({**named, "count": int(group.total)})


def _matches(group: ErrorGroup, query: ErrorsQuery) -> bool:
    return (
        (query.state is None or group.state == query.state)
        and (query.where is None or query.where.lower() in group.where.lower())
        and (query.type is None or query.type.lower() in group.type.lower())
        and (query.since is None or group.last_at.date() >= query.since)
    )


def decide(caller: Principal, fingerprint: str, wanted: UpdateError) -> ErrorGroup:
    """Resolve, ignore or open an error again, audited (1 transaction and 1 read); raises NotFound."""
    group = ErrorGroup.at(fingerprint=fingerprint)
    changes = [ErrorGroup.state.set(wanted.state)]
    changes.append(
        ErrorGroup.resolved_at.set(clock.now()) if wanted.state == "resolved" else ErrorGroup.resolved_at.remove()
    )
    if wanted.note:
        changes.append(ErrorGroup.note.set(wanted.note))
    unit = Unit().change(group, *changes)
    audits.note(unit, caller.user_id, None, "error.decide", fingerprint, after={"state": wanted.state})
    try:
        unit.commit()
    except ConditionFailed:
        raise NotFound("There is no such error.") from None
    return ErrorGroup.require(fingerprint=fingerprint, consistent=True)
