"""The mentors whom questions may be offered to: the verified and active ones, with what routing weighs."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, find
from lyceum.kit.table.fetching import fetch_many
from lyceum.model.community.questions import MentorOffer, PooledMentor
from lyceum.model.users.account import User
from lyceum.rules.profiles import MentorFields

from functions.community.questions import subjects
from functions.community.writing import people

_ROLE = "mentor"
_PAGE = 50
_MOST_OFFERS = 100


def belongs(user: User | None, now: datetime) -> bool:
    """Say whether somebody is a mentor whom questions may be offered to."""
    return user is not None and user.role == _ROLE and bool(user.is_verified) and user.status_at(now) == "active"


def sync(unit: Unit, user_id: str, now: datetime) -> None:
    """Add to a unit that the pool says of somebody what is true now (1 storage request)."""
    user, pooled = fetch_many(User.at(user_id=user_id), PooledMentor.at(mentor_id=user_id), consistent=True)
    _bring(unit, user_id, user, pooled, now)


def sync_page(now: datetime, after: dict[str, Any] | None) -> dict[str, Any] | None:
    """Bring a page of all mentors into the pool, and return where the next one begins."""
    found = find(User, index="gsi2", role=_ROLE, limit=_PAGE, after=after)
    pooled = batch_fetch([PooledMentor.at(mentor_id=user.user_id) for user in found.items]) if found.items else []
    for user, known in zip(found.items, pooled, strict=True):
        unit = Unit()
        _bring(unit, user.user_id, user, known if isinstance(known, PooledMentor) else None, now)
        unit.commit()
        if isinstance(known, PooledMentor):
            _recount(known)
    return found.last_key


def _recount(known: PooledMentor) -> None:
    """Bring the count of a mentor's waiting questions in step with the queue, unless it changes right now."""
    waiting = len(find(MentorOffer, mentor_id=known.mentor_id, limit=_MOST_OFFERS, consistent=True).items)
    if waiting != known.open_offers:
        is_same = PooledMentor.open_offers == known.open_offers
        if not known.open_offers:
            is_same |= PooledMentor.open_offers.does_not_exist()
        with suppress(ConditionFailed):
            Unit().change(known, PooledMentor.open_offers.set(waiting), when=is_same).commit()


def _bring(unit: Unit, user_id: str, user: User | None, pooled: PooledMentor | None, now: datetime) -> None:
    if user is None or not belongs(user, now):
        if pooled:
            unit.remove(pooled)
        return
    fields = MentorFields.model_validate(user.profile)
    facts = {
        "name": people.shown_name(user),
        "subjects": sorted({subjects.key_of(each) for each in fields.expertise or ()}),
        "language": user.language,
    }
    if pooled and all(getattr(pooled, name) == value for name, value in facts.items()):
        return
    changes = [getattr(PooledMentor, name).set(value) for name, value in facts.items()]
    unit.change(PooledMentor.at(mentor_id=user_id), *changes, or_create=True)
