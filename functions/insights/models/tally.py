"""What a page of users adds to training: counts alone, so that pages are added up and no user is carried along."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lyceum.model.insights.activity import SeenUser
from lyceum.model.insights.journeys import Journey

from functions.insights.models import behaviour, churn
from functions.insights.models.baskets import Baskets

_MOST_ROWS = 60
"""Rows of behaviour that a page gives."""
_WEEK = 7


@dataclass
class Tally:
    """Counts of users, by what models ask for; keys are texts, so that it is written as JSON.

    Attributes:
        buyers: By repeats, days from the first to the last purchase, and days since the first.
        amounts: By currency, repeats, and the mean of a repeat in minor units.
        outcomes: By half, class of churn thirty days ago, and whether the user stayed away.
        present: Users by their class of churn now; `gone` those who belong to none any more.
        rows: Figures of behaviour of some users, without any name.
    """

    users: int = 0
    gone: int = 0
    buyers: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    present: Counter[str] = field(default_factory=Counter)
    products: Baskets = field(default_factory=Baskets)
    courses: Baskets = field(default_factory=Baskets)
    rows: list[list[float]] = field(default_factory=list)

    def add(self, user_id: str, journey: Journey | None, seen: SeenUser | None, today: int) -> None:
        """Count a user as they are on a day (an ordinal)."""
        self.users += 1
        days = [int(day) for day in seen.days] if seen else []
        self._add_churn(user_id, days, today)
        if journey is not None:
            self._add_purchases(journey, today)
            self.products.add(journey.products)
            self.courses.add(journey.courses)
        if seen is not None and len(self.rows) < _MOST_ROWS:
            self.rows.append(behaviour.row_of(features(journey, seen, today)))

    def _add_churn(self, user_id: str, days: list[int], today: int) -> None:
        before = churn.class_of(days, today - churn.WINDOW)
        if before is not None:
            away = churn.stayed_away(days, today - churn.WINDOW)
            self.outcomes[f"{half_of(user_id)},{before},{int(away)}"] += 1
        now = churn.class_of(days, today)
        if now is not None:
            self.present[now] += 1
        else:
            self.gone += 1

    def _add_purchases(self, journey: Journey, today: int) -> None:
        if journey.first_day is None:
            return
        first, last, repeats = int(journey.first_day), int(journey.last_day), int(journey.repeats)
        self.buyers[f"{repeats},{last - first},{max(today, last) - first}"] += 1
        for currency, amount in journey.amounts.items():
            if repeats and amount > 0:
                self.amounts[f"{currency},{repeats},{amount // repeats}"] += 1

    def merge(self, other: "Tally") -> None:
        """Add what another page counted."""
        self.users += other.users
        self.gone += other.gone
        for name in ("buyers", "amounts", "outcomes", "present"):
            getattr(self, name).update(getattr(other, name))
        self.products.merge(other.products)
        self.courses.merge(other.courses)
        self.rows += other.rows[: max(0, behaviour.MOST_SAMPLED - len(self.rows))]

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept between pages."""
        plain = {name: getattr(self, name) for name in ("users", "gone", "rows")}
        counts = {name: dict(getattr(self, name)) for name in ("buyers", "amounts", "outcomes", "present")}
        sets = {name: _packed(getattr(self, name)) for name in ("products", "courses")}
        return {**plain, **counts, **sets}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Tally":
        """Return what `to_json` wrote."""
        tally = cls(users=kept["users"], gone=kept["gone"], rows=kept["rows"])
        for name in ("buyers", "amounts", "outcomes", "present"):
            setattr(tally, name, Counter(kept[name]))
        tally.products, tally.courses = _unpacked(kept["products"]), _unpacked(kept["courses"])
        return tally


def _packed(baskets: Baskets) -> dict[str, Any]:
    return {"number": baskets.number, "items": dict(baskets.items), "pairs": dict(baskets.pairs)}


def _unpacked(kept: dict[str, Any]) -> Baskets:
    return Baskets(kept["number"], Counter(kept["items"]), Counter(kept["pairs"]))


def features(journey: Journey | None, seen: SeenUser | None, today: int) -> dict[str, float]:
    """Return a user's figures of behaviour; see `behaviour.FEATURES`."""
    days = [int(day) for day in seen.days] if seen else []
    return {
        "days": float(sum(today - churn.WINDOW < day <= today for day in days)),
        "since": float(today - max(days)) if days else 999.0,
        "weeks": float(len(seen.weeks)) if seen else 0.0,
        "courses": float(len(journey.courses)) if journey else 0.0,
        "products": float(len(journey.products)) if journey else 0.0,
        "steps": float(len(journey.steps)) if journey else 0.0,
    }


def half_of(user_id: str) -> str:
    """Put a user into one of two halves, for good."""
    return "ab"[hashlib.sha256(user_id.encode()).digest()[0] % 2]


def purchases_of(counted: Iterable[tuple[str, int]]) -> dict[tuple[int, float, float], int]:
    """Return buyers as the lifetime model takes them: repeats, and weeks."""
    found: dict[tuple[int, float, float], int] = {}
    for name, number in counted:
        repeats, last, age = map(int, name.split(","))
        found[repeats, last / _WEEK, age / _WEEK] = number
    return found


def amounts_of(counted: Iterable[tuple[str, int]], currency: str) -> dict[tuple[int, float], int]:
    """Return the amounts of one currency as the spending model takes them."""
    found: dict[tuple[int, float], int] = {}
    for name, number in counted:
        of, repeats, mean = name.split(",")
        if of == currency:
            found[int(repeats), float(mean)] = number
    return found
