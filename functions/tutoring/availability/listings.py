"""What a mentor offers: hours, offer and listings, written together."""

from typing import Any

from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch, fetch_many, retry_on_conflict
from lyceum.kit.values.text import without_accents
from lyceum.model.mentors import MentorHours
from lyceum.model.tutoring import EVERY_SUBJECT, TutorListing, TutorProfile
from lyceum.model.users.account import User
from lyceum.rules import profiles

from functions.tutoring.availability import prices
from functions.tutoring.availability.schemas import AvailabilityView, SetAvailability, SpanView

_MOST_CHARACTERS = 80
_OFFERED = (
    "subjects", "levels", "languages", "durations", "hourly_amount", "currency", "packages", "buffer_minutes",
    "most_daily", "notice_hours", "takes_minors", "is_open",
)  # fmt: skip
"""What an offer says, beside its mentor's name."""
_NUMBERS = ("hourly_amount", "buffer_minutes", "most_daily", "notice_hours")


def subject_key(subject: str) -> str:
    """Return the one form of a subject, by which mentors are listed and found."""
    return without_accents(subject)[:_MOST_CHARACTERS]


def teaches(offer: TutorProfile, subject: str) -> bool:
    """Say whether a subject is among those that a mentor teaches, however it is written."""
    return subject_key(subject) in map(subject_key, offer.subjects)


def set_availability(caller: Principal, wanted: SetAvailability) -> AvailabilityView:
    """State one's hours and offer; what is booked already stays (1 storage request and a transaction).

    Raises Conflict when they were changed meanwhile, RuleViolation PACKAGES_NEED_A_PRICE.
    """
    if wanted.packages and not wanted.hourly_amount:
        raise rule_violation("PACKAGES_NEED_A_PRICE", "Hours that cost nothing are not sold.", field="packages")
    return retry_on_conflict(lambda: _set(caller, wanted))


def _set(caller: Principal, wanted: SetAvailability) -> AvailabilityView:
    user, hours, offer = fetch_many(
        User.at(user_id=caller.user_id),
        MentorHours.at(user_id=caller.user_id),
        TutorProfile.at(user_id=caller.user_id),
        consistent=True,
    )
    hours = hours or MentorHours(user_id=caller.user_id)
    offer = offer or TutorProfile(user_id=caller.user_id)
    stated = wanted.model_dump(mode="json")
    hours.time_zone = wanted.time_zone
    hours.weekly = {day: _plain(spans) for day, spans in stated["weekly"].items()}
    hours.exceptions = {day: _plain(spans) for day, spans in stated["exceptions"].items()}
    for name in _OFFERED:
        setattr(offer, name, stated[name])
    offer.name = profiles.shown_name(user) if user else ""
    unit = Unit().save(hours)
    list_offer(unit, offer, hours)
    unit.save(offer).commit()
    return view(offer, hours)


def _plain(spans: list[dict[str, str]]) -> list[list[str]]:
    return [[span["start"], span["end"]] for span in spans]


def list_offer(unit: Unit, offer: TutorProfile, hours: MentorHours) -> None:
    """Bring the listings of an offer up to date; one that is closed stands in none."""
    wanted = [EVERY_SUBJECT, *dict.fromkeys(map(subject_key, offer.subjects))] if offer.is_open else []
    for key in sorted(set(offer.keys_listed) - set(wanted)):
        unit.remove(TutorListing.at(subject=key, user_id=offer.user_id))
    for key in wanted:
        listing = TutorListing(subject=key, user_id=offer.user_id, offer=offered(offer))
        listing.time_zone, listing.weekly, listing.exceptions = hours.time_zone, hours.weekly, hours.exceptions
        listing.rating_sum, listing.rating_count = offer.rating_sum, offer.rating_count
        unit.put(listing)
    offer.keys_listed = wanted


def offered(offer: TutorProfile) -> dict[str, Any]:
    """Return an offer as its listings hold it."""
    values = {name: getattr(offer, name) for name in _OFFERED}
    return {"name": offer.name, **values, **{name: int(values[name]) for name in _NUMBERS}}


def withdraw(user_id: str, unit: Unit, *, is_erased: bool = False) -> None:
    """Take somebody's offer out of every listing; of one who is erased it goes altogether."""
    offer = TutorProfile.fetch(user_id=user_id, consistent=True)
    if offer is None:
        return
    for key in offer.keys_listed:
        unit.remove(TutorListing.at(subject=key, user_id=user_id))
    if is_erased:
        unit.remove(offer)
        return
    offer.is_open, offer.keys_listed = False, []
    unit.replace(offer)


def count_rating(mentor_id: str, stars: int, unit: Unit) -> None:
    """Add a rating to a mentor's offer and to its listings (2 storage requests)."""
    offer = TutorProfile.fetch(user_id=mentor_id, consistent=True)
    if offer is None:
        return
    names = [TutorListing.at(subject=key, user_id=mentor_id) for key in offer.keys_listed]
    listed: list[Entity | None] = batch_fetch(names, consistent=True) if names else []
    unit.change(offer, TutorProfile.rating_sum.add(stars), TutorProfile.rating_count.add(1))
    for listing in listed:
        if isinstance(listing, TutorListing):
            unit.change(listing, TutorListing.rating_sum.add(stars), TutorListing.rating_count.add(1))


def view(offer: TutorProfile, hours: MentorHours) -> AvailabilityView:
    """Show hours and offer."""
    return AvailabilityView(
        mentor_id=offer.user_id,
        time_zone=hours.time_zone,
        weekly={day: _spans(spans) for day, spans in sorted(hours.weekly.items())},
        exceptions={day: _spans(spans) for day, spans in sorted(hours.exceptions.items())},
        packages=prices.shown(int(offer.hourly_amount), offer.packages),
        **{name: getattr(offer, name) for name in _OFFERED if name != "packages"},
    )


def _spans(spans: list[list[str]]) -> list[SpanView]:
    return [SpanView(start=start, end=end) for start, end in spans]
