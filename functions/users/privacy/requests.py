"""Requests that people make about their own data: a copy of everything, and erasure at once."""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.aws import links
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.model.audit import audit
from lyceum.model.users.privacy import DataExport, LegalHold, PrivacyRequest
from lyceum.rules.sessions import recheck, require_recent_proof
from lyceum.tasks.users import EraseAccount, ExportPersonalData, ResetStatistics

from functions.users import account_admin
from functions.users.privacy.schemas import ErasureView, ExportView, HoldView, PlaceHold, Reset

ANSWERED_WITHIN = timedelta(days=30)
"""GDPR, article 12.3: without undue delay, and within a month."""
STALE = timedelta(hours=1)
"""After so long a copy that is still not made is begun anew."""
_LINK_SECONDS = 15 * 60


def copy(caller: Principal, user_id: str) -> ExportView:
    """Return the latest copy of somebody's data, or begin one where there is none that can be had.

    For one's own it takes a proof of the last minutes; for somebody else's each look is audited.
    """
    if caller.user_id == user_id:
        require_recent_proof(caller)
    else:
        recheck(caller)
        account_admin.subject(caller, user_id)
    return retry_on_conflict(lambda: _copy(caller, user_id))


def _copy(caller: Principal, user_id: str) -> ExportView:
    found = DataExport.fetch(user_id=user_id, consistent=True)
    unit = Unit()
    if caller.user_id != user_id:
        unit.create(audit("user.export_data", user_id, before={}, after={"begins": not (found and _is_good(found))}))
    if found is None or not _is_good(found):
        found = found or DataExport(user_id=user_id)
        found.request_id, found.state, found.requested_at = ids.new_id(), "queued", clock.now()
        found.key = found.size_bytes = found.finished_at = found.expires_at = None
        found.left_out = []
        unit.save(found, ExportPersonalData(user_id=user_id, request_id=found.request_id))
        unit.create(_request(caller, user_id, "export", found.request_id))
    if len(unit):
        unit.commit()
    return _view(found)


def _is_good(export: DataExport) -> bool:
    now = clock.now()
    if export.state == "queued":
        return export.requested_at > now - STALE
    return export.state == "done" and export.expires_at is not None and export.expires_at > now


def _view(export: DataExport) -> ExportView:
    view = ExportView.model_validate(export)
    if export.state == "done":
        view.url = links.link(export.key, _LINK_SECONDS)
    return view


def purge(caller: Principal, user_id: str) -> ErasureView:
    """Delete an account and erase it at once, for good; a legal hold lets the erasure wait.

    Raises Forbidden as a deletion does: without a proof of the last minutes for one's own, for whoever is above.
    """
    request = _request(caller, user_id, "erasure", ids.new_id())
    is_held = LegalHold.fetch(user_id=user_id, consistent=True) is not None
    request.state = "held" if is_held else "queued"
    unit = Unit().create(request)
    if caller.user_id != user_id:
        unit.create(audit("user.purge", user_id, before={}, after={"state": request.state}))
    day = clock.iso(clock.now())[:10]
    account_admin.delete(caller, user_id, unit, EraseAccount(user_id=user_id, day=day))
    return ErasureView.model_validate(request)


def hold(caller: Principal, user_id: str, wanted: PlaceHold) -> HoldView:
    """Place a legal hold on an account, or end it; what holds already is left as it is."""
    account_admin.subject(caller, user_id, even_deleted=True)
    found = LegalHold.fetch(user_id=user_id, consistent=True)
    if wanted.is_held == (found is not None):
        return HoldView(id=user_id, is_held=wanted.is_held, placed_at=found.placed_at if found else None)
    placed = LegalHold(user_id=user_id, reason=wanted.reason, placed_by=caller.user_id, placed_at=clock.now())
    unit = Unit().create(placed) if wanted.is_held else Unit().remove(LegalHold.at(user_id=user_id))
    action = "user.hold" if wanted.is_held else "user.release_hold"
    unit.create(audit(action, user_id, before={}, after={"isHeld": wanted.is_held}, reason=wanted.reason)).commit()
    return HoldView(id=user_id, is_held=wanted.is_held, placed_at=placed.placed_at if wanted.is_held else None)


def reset_statistics(caller: Principal, user_id: str) -> Reset:
    """Order that what was counted of somebody's learning goes; results, grades and points stay."""
    account_admin.subject(caller, user_id)
    act = audit("user.reset_statistics", user_id, before={}, after={})
    Unit().create(act, ResetStatistics(user_id=user_id)).commit()
    return Reset(id=user_id)


def _request(caller: Principal, user_id: str, what: str, request_id: str) -> PrivacyRequest:
    now = clock.now()
    return PrivacyRequest(
        user_id=user_id,
        request_id=request_id,
        what=what,
        state="queued",
        requested_by=caller.user_id,
        requested_at=now,
        answer_by=now + ANSWERED_WITHIN,
    )
