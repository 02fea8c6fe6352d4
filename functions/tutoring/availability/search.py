"""Finding mentors with free times: one read of a listing, one of what is booked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, batch_fetch, find
from lyceum.kit.values import local_time, time_zones
from lyceum.model.tutoring import EVERY_SUBJECT, BookedDay, BookedTime, TutorListing

from functions.tutoring.availability import cells, prices
from functions.tutoring.availability.hours import Span, hours_of, spans
from functions.tutoring.availability.listings import subject_key
from functions.tutoring.availability.schemas import FreeSlot, TutorQuery, TutorView

_LOOKED_AT = 100
"""Mentors of a listing that one request reads; those that fit fill the page."""
_MOST_SHOWN = 20
"""Mentors on a page, whatever was asked for: what they have booked is one request."""
_MOST_SLOTS = 96


class _Window(NamedTuple):
    begins: datetime
    ends: datetime
    length: timedelta


class _Booked(NamedTuple):
    """What mentors have booked: their cells, and how many sessions on which day."""

    cells: Mapping[str, frozenset[int]]
    days: Mapping[tuple[str, str], int]


def page(caller: Principal, query: TutorQuery) -> Slice[TutorView]:
    """Return mentors who teach what was asked for, each with free times (2 storage requests).

    Those who have none left in the time are shown without, so that a student may wait for one. A page may hold fewer
    than there are further on: at most 100 of a listing are looked at for each.
    """
    found = _listed(query)
    fitting = [each for each in found.items if each.user_id != caller.user_id and _fits(each, query)]
    shown, last_key = fitting[: min(query.limit, _MOST_SHOWN)], found.last_key
    if len(fitting) > len(shown):
        last_key = {"PK": {"S": shown[-1].pk}, "SK": {"S": shown[-1].sk}}
    window = _window(query)
    booked = _read_booked(shown, window)
    return Slice([_view(each, window, booked) for each in shown], last_key)


def _listed(query: TutorQuery) -> Slice[TutorListing]:
    subject, after = subject_key(query.subject) if query.subject else EVERY_SUBJECT, query.start_key(_MOST_SHOWN)
    if query.mentor_id is None:
        return find(TutorListing, subject=subject, limit=_LOOKED_AT, after=after)
    only = TutorListing.fetch(subject=subject, user_id=query.mentor_id)
    return Slice([only] if only else [], None)


def _window(query: TutorQuery) -> _Window:
    begins = max(query.starts_from or clock.now(), clock.now())
    return _Window(begins, begins + timedelta(hours=query.hours), timedelta(minutes=query.duration_minutes))


def _fits(listing: TutorListing, query: TutorQuery) -> bool:
    offer = listing.offer
    average = _rating(listing)
    return (
        query.duration_minutes in offer["durations"]
        and (query.level is None or not offer["levels"] or query.level in offer["levels"])
        and (query.language is None or query.language in offer["languages"])
        and (query.min_rating is None or (average is not None and average >= query.min_rating))
        and (query.max_amount is None or offer["hourly_amount"] <= query.max_amount)
        and (query.currency is None or not offer["hourly_amount"] or offer["currency"] == query.currency)
    )


def _rating(listing: TutorListing) -> float | None:
    count = int(listing.rating_count)
    return round(int(listing.rating_sum) / count, 2) if count else None


def _read_booked(listings: list[TutorListing], window: _Window) -> _Booked:
    """Read what mentors have booked in a time; of twenty mentors and a day it is a hundred items at most."""
    names: list[Any] = []
    for listing in listings:
        buffer = timedelta(minutes=listing.offer["buffer_minutes"])
        names += [
            BookedTime.at(user_id=listing.user_id, day=day)
            for day in cells.days_between(window.begins, window.ends + buffer)
        ]
        names += [BookedDay.at(user_id=listing.user_id, day=day) for day in _local_days(listing, window)]
    found = batch_fetch(names) if names else []
    taken: dict[str, frozenset[int]] = {}
    counted: dict[tuple[str, str], int] = {}
    for each in found:
        if isinstance(each, BookedTime):
            taken[each.user_id] = taken.get(each.user_id, frozenset()) | frozenset(map(int, each.cells or ()))
        elif isinstance(each, BookedDay):
            counted[each.user_id, each.day] = int(each.sessions)
    return _Booked(taken, counted)


def _local_days(listing: TutorListing, window: _Window) -> list[str]:
    zone = time_zones.zone(listing.time_zone)
    day, last = local_time.day_of(window.begins, zone), local_time.day_of(window.ends, zone)
    days = []
    while day <= last:
        days.append(day.isoformat())
        day += timedelta(days=1)
    return days


def _view(listing: TutorListing, window: _Window, booked: _Booked) -> TutorView:
    offer = listing.offer
    minutes = int(window.length.total_seconds()) // 60
    kept = {name: offer[name] for name in ("name", "subjects", "levels", "languages", "durations", "hourly_amount",
                                           "currency", "takes_minors")}  # fmt: skip
    return TutorView(
        mentor_id=listing.user_id,
        time_zone=listing.time_zone,
        amount=prices.of_session(offer["hourly_amount"], minutes),
        packages=prices.shown(offer["hourly_amount"], offer["packages"]),
        rating=_rating(listing),
        rating_count=int(listing.rating_count),
        slots=free_slots(listing, window, booked),
        **kept,
    )


def free_slots(listing: TutorListing, window: _Window, booked: _Booked) -> list[FreeSlot]:
    """Return the times of a length that a mentor has free, by hours, bookings, buffer, notice and the day's limit."""
    offer, zone = listing.offer, time_zones.zone(listing.time_zone)
    buffer = timedelta(minutes=offer["buffer_minutes"])
    earliest = max(window.begins, clock.now() + timedelta(hours=offer["notice_hours"]))
    taken = booked.cells.get(listing.user_id, frozenset())
    free = []
    for span in spans(hours_of(listing), earliest, max(earliest, window.ends)):
        for begins in cells.beginnings(*span, window.length):
            slot = Span(begins, begins + window.length)
            day = local_time.day_of(begins, zone).isoformat()
            is_full = booked.days.get((listing.user_id, day), 0) >= offer["most_daily"]
            if not is_full and taken.isdisjoint(cells.taken(slot.begins, slot.ends + buffer)):
                free.append(FreeSlot(starts_at=slot.begins, ends_at=slot.ends))
    return free[:_MOST_SLOTS]
