"""The users of a batch of events with how far each came, read in one request and written with what is counted of them.

A user counts in each step of the funnel once. Payments add to what the user bought, and to the sums of the product, the
country and the cohort that they belong to.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.event import Event
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.insights.journeys import FunnelMonth, Journey
from lyceum.model.insights.sales import CohortSales

MOST_PRODUCTS = 60
"""Products and courses of a user that are remembered; the latest ones."""
_ALIAS_CHARACTERS = 16


class Travellers:
    """Users with their journeys.

    A journey that is not there begins with what is told of its user first.
    """

    def __init__(self, journeys: dict[str, Journey]) -> None:
        self._journeys = journeys
        self._changed: set[str] = set()
        self._steps: Counter[tuple[str, str]] = Counter()
        self._sales: Counter[tuple[str, int, str, str]] = Counter()
        self._notes: dict[str, dict[str, str]] = {}

    @classmethod
    def of(cls, events: Sequence[Event]) -> "Travellers":
        """Read the journeys of everybody whom events name (1 request)."""
        firsts: dict[str, datetime] = {}
        for event in events:
            user_id = getattr(event, "user_id", None)
            if user_id:
                firsts[user_id] = min(event.at, firsts.get(user_id, event.at))
        found = batch_fetch([Journey.at(user_id=user_id) for user_id in firsts], consistent=True) if firsts else []
        travellers = cls({})
        for (user_id, at), stored in zip(firsts.items(), found, strict=True):
            travellers._add(user_id, at, stored)
        return travellers

    def _add(self, user_id: str, at: datetime, stored: Any) -> None:
        if isinstance(stored, Journey):
            self._journeys[user_id] = stored
            return
        alias = ids.new_secret(_ALIAS_CHARACTERS)
        self._journeys[user_id] = Journey(user_id=user_id, cohort=clock.iso(at)[:7], alias=alias)
        self._changed.add(user_id)

    def alias(self, user_id: str) -> str:
        """Return the random name by which files of insights know a user."""
        return str(self._journeys[user_id].alias)

    def note(self, event_id: str, **found: str) -> None:
        """Note what an event does not tell of itself, and its figures were counted by."""
        self._notes[event_id] = found

    def noted(self, event_id: str) -> dict[str, str]:
        """Return what was noted of an event."""
        return self._notes.get(event_id, {})

    def country(self, user_id: str) -> str | None:
        """Return the country of a user's latest payment."""
        known = self._journeys[user_id].country
        return str(known) if known else None

    def is_new_buyer(self, user_id: str) -> bool:
        """Say whether a user has bought nothing so far."""
        return not int(self._journeys[user_id].orders)

    def reach(self, user_id: str, step: str, at: datetime) -> None:
        """Note that a user reached a step; the first time counts."""
        journey = self._journeys[user_id]
        if step not in journey.steps:
            journey.steps = {**journey.steps, step: clock.iso(at)[:10]}
            self._changed.add(user_id)
            self._steps[str(journey.cohort), step] += 1

    def enter(self, user_id: str, course_id: str) -> None:
        """Note that a user entered a course."""
        journey = self._journeys[user_id]
        journey.courses = _latest(journey.courses, course_id)
        self._changed.add(user_id)

    def pay(self, user_id: str, at: datetime, product: str, amount: int, currency: str, country: str | None) -> None:
        """Note a payment; it counts as a repeat where it is of a later day than the first and none was of its day."""
        journey = self._journeys[user_id]
        day = at.date().toordinal()
        journey.orders = int(journey.orders) + 1
        journey.spent = {**journey.spent, currency: journey.spent.get(currency, 0) + amount}
        journey.products = _latest(journey.products, product)
        journey.country = country or journey.country
        if journey.first_day is None:
            journey.first_day = journey.last_day = day
        elif day > int(journey.last_day):
            journey.repeats, journey.last_day = int(journey.repeats) + 1, day
        if day > int(journey.first_day):
            journey.amounts = {**journey.amounts, currency: journey.amounts.get(currency, 0) + amount}
        self._changed.add(user_id)
        cohort = str(journey.cohort)
        offset = months_between(cohort, at.date())
        self._sales[cohort, offset, currency, "orders"] += 1
        self._sales[cohort, offset, currency, "amount"] += amount
        self.reach(user_id, "paid", at)

    def refund(self, user_id: str, amount: int, currency: str, at: datetime) -> None:
        """Take what went back off what a user and the cohort paid."""
        journey = self._journeys[user_id]
        journey.spent = {**journey.spent, currency: journey.spent.get(currency, 0) - amount}
        self._changed.add(user_id)
        cohort = str(journey.cohort)
        self._sales[cohort, months_between(cohort, at.date()), currency, "amount"] -= amount

    def write(self, unit: Unit) -> None:
        """Add to a unit what has changed: an item a user, and one for each cohort concerned."""
        for user_id in sorted(self._changed):
            unit.save(self._journeys[user_id])
        for cohort in {cohort for cohort, _ in self._steps}:
            changes = [
                getattr(FunnelMonth, step).add(users) for (name, step), users in self._steps.items() if name == cohort
            ]
            unit.change(FunnelMonth.at(cohort=cohort), *changes, or_create=True)
        for cohort, offset, currency in {key[:3] for key in self._sales}:
            changes = [
                getattr(CohortSales, name).add(self._sales[cohort, offset, currency, name])
                for name in ("orders", "amount")
            ]
            named = CohortSales.at(cohort=cohort, offset=offset, currency=currency)
            unit.change(named, *changes, or_create=True)


def _latest(known: Iterable[str], name: str) -> list[str]:
    return [*(each for each in known if each != name), name][-MOST_PRODUCTS:]


def months_between(cohort: str, day: date) -> int:
    """Return how many months after a cohort's month a day is; one from before counts to the first."""
    year, month = map(int, cohort.split("-"))
    return max(0, (day.year - year) * 12 + day.month - month)
