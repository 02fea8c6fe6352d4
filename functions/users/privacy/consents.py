"""Consents: given and withdrawn by purpose and version of the text; for minors a guardian gives them."""

from lyceum.events.users import ConsentChanged
from lyceum.kit import clock, ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.users.account import User
from lyceum.model.users.privacy import ConsentRecord
from lyceum.rules import guardians
from lyceum.rules.profile_views import present
from lyceum.rules.profiles import is_minor

from functions.users.privacy.schemas import ConsentHistoryEntry, Consents, ConsentView, DecideConsent

ALWAYS_OWN = frozenset({"terms", "privacy_policy"})
"""What everybody acknowledges for themself, children too: it takes nothing from anybody."""
_MOST = 100


def shown(caller: Principal, user_id: str | None) -> Consents:
    """Return somebody's consents: one's own, or those of a child whose guardian the caller is.

    Raises NotFound for anybody else (2 storage requests, of a child 4).
    """
    return _consents(_subject(caller, user_id))


def decide(caller: Principal, wanted: DecideConsent) -> Consents:
    """Give or withdraw a consent; the same decision again changes nothing.

    Raises RuleViolation GUARDIAN_DECIDES for a minor who gives one that is a guardian's to give, and NotFound for
    somebody else's.
    """
    user = _subject(caller, wanted.user_id)
    is_own = caller.user_id == user.user_id
    if wanted.is_given and is_own and is_minor(user) and wanted.purpose not in ALWAYS_OWN:
        raise rule_violation("GUARDIAN_DECIDES", "For a minor a guardian gives this consent.")
    current = _current(user.user_id).get(wanted.purpose)
    if current is None or (current.is_given, current.text_version) != (wanted.is_given, wanted.version):
        record = ConsentRecord(
            user_id=user.user_id,
            purpose=wanted.purpose,
            record_id=ids.new_id(),
            text_version=wanted.version,
            is_given=wanted.is_given,
            given_by=caller.user_id,
            decided_at=clock.now(),
        )
        unit = Unit().create(
            record, ConsentChanged(user_id=user.user_id, purpose=wanted.purpose, is_given=wanted.is_given)
        )
        if not is_own:
            after = {"purpose": wanted.purpose, "version": wanted.version, "isGiven": wanted.is_given}
            unit.create(audit("consent.decide", user.user_id, before={}, after=after))
        unit.commit()
    return _consents(user)


def _subject(caller: Principal, user_id: str | None) -> User:
    if user_id is not None and user_id != caller.user_id:
        guardians.require(caller, user_id, GuardianRight.GIVE_CONSENT)
        return present(user_id)
    return present(caller.user_id)


def _records(user_id: str) -> list[ConsentRecord]:
    return find(ConsentRecord, user_id=user_id, limit=_MOST * 10, consistent=True).items


def _current(user_id: str) -> dict[str, ConsentRecord]:
    return {record.purpose: record for record in _records(user_id)}


def _consents(user: User) -> Consents:
    records = _records(user.user_id)
    latest = {record.purpose: record for record in records}
    ordered = sorted(records, key=lambda record: str(record.record_id), reverse=True)
    return Consents(
        user_id=user.user_id,
        needs_guardian=is_minor(user),
        consents=[ConsentView.model_validate(_fields(record)) for record in latest.values()],
        history=[ConsentHistoryEntry.model_validate(_fields(record)) for record in ordered[:_MOST]],
    )


def _fields(record: ConsentRecord) -> dict[str, object]:
    return {
        "purpose": record.purpose,
        "version": record.text_version,
        "is_given": record.is_given,
        "decided_at": record.decided_at,
        "is_own_decision": record.given_by == record.user_id,
    }
