"""From counts to models, each with its card: learnt of what, told by what, how good, and its limits."""

from dataclasses import asdict
from typing import Any

from lyceum.kit.frozen import frozen

from functions.insights.models import behaviour, churn, lifetime
from functions.insights.models.baskets import Baskets, neighbours, rules
from functions.insights.models.tally import Tally, amounts_of, purchases_of
from functions.insights.schemas import SMALL

AHEAD = (13, 26, 52)
"""Weeks for which purchases are expected."""
_SEGMENTS = (("top 10 %", 0.9, 1.0), ("next 15 %", 0.75, 0.9), ("next 25 %", 0.5, 0.75), ("the other half", 0.0, 0.5))
_LEAST_OUTCOMES = 40
_POPULAR = 20


@frozen
class Learnt:
    """A model's parameters with its card, and of how many users it is."""

    values: dict[str, Any]
    card: dict[str, Any]
    sample: int


def _card(data: str, features: list[str], quality: dict[str, Any], limits: str) -> dict[str, Any]:
    return {"data": data, "features": features, "quality": quality, "limits": limits}


def lifetime_of(tally: Tally) -> Learnt | None:
    """Learn how often and for how much buyers will buy; None for too few who bought again."""
    buyers = purchases_of(tally.buyers.items())
    if not lifetime.can_fit(buyers):
        return None
    fitted = lifetime.fit_buying(buyers)
    total = sum(buyers.values())
    scored = [(fitted.expected(AHEAD[-1], *buyer), fitted.alive(*buyer), number) for buyer, number in buyers.items()]
    values = {
        "buying": asdict(fitted),
        "buyers": total,
        "repeaters": sum(number for (repeats, _, _), number in buyers.items() if repeats),
        "expected": {
            str(weeks): round(sum(fitted.expected(weeks, *buyer) * number for buyer, number in buyers.items()), 2)
            for weeks in AHEAD
        },
        "alive": round(sum(alive * number for _, alive, number in scored) / total, 4),
        "segments": _segments(scored, total),
        "currencies": _currencies(tally),
    }
    card = _card(
        "Days with a payment of each buyer of this tenant, refunds left out.",
        ["days with a payment after the first", "time from the first to the last", "time since the first"],
        {"parameters": asdict(fitted)},
        "It knows no season, price or campaign. A subscription that renews by itself looks like somebody who buys.",
    )
    return Learnt(values, card, total)


def _segments(scored: list[tuple[float, float, int]], total: int) -> list[dict[str, Any]]:
    found = []
    ranked = sorted(scored)
    for name, low, high in _SEGMENTS:
        reached, users, purchases, alive = 0, 0.0, 0.0, 0.0
        for expected, chance, number in ranked:
            inside = max(0.0, min(reached + number, high * total) - max(reached, low * total))
            users, purchases, alive = users + inside, purchases + inside * expected, alive + inside * chance
            reached += number
        if round(users) >= SMALL:
            found.append(
                {
                    "name": name,
                    "buyers": round(users),
                    "purchases": round(purchases, 2),
                    "alive": round(alive / users, 4),
                }
            )
    return found


def _currencies(tally: Tally) -> list[dict[str, Any]]:
    found = []
    for currency in sorted({name.split(",")[0] for name in tally.amounts}):
        amounts = amounts_of(tally.amounts.items(), currency)
        repeaters = sum(amounts.values())
        if repeaters >= lifetime.LEAST_BUYERS:
            spending = lifetime.fit_spending(amounts)
            mean = sum(spending.expected(*buyer) * number for buyer, number in amounts.items()) / repeaters
            found.append({"currency": currency, "repeaters": repeaters, "purchase": round(mean), **asdict(spending)})
    return found


def churn_of(tally: Tally) -> Learnt | None:
    """Learn who stays away; None for too few users who were there a month and more ago."""
    outcomes = {
        (half, name, away == "1"): number
        for (half, name, away), number in ((tuple(key.split(",")), number) for key, number in tally.outcomes.items())
    }
    sample = sum(outcomes.values())
    if sample < _LEAST_OUTCOMES:
        return None
    both: dict[tuple[str, bool], int] = {}
    for (_, name, away), number in outcomes.items():
        both[name, away] = both.get((name, away), 0) + number
    tried = churn.quality(outcomes)
    values: dict[str, Any] = {"gone": tally.gone}
    values["risks"] = {name: round(risk, 4) for name, risk in churn.risks(both).items()}
    values["present"] = dict(tally.present)
    values["quality"] = asdict(tried) if tried else None
    card = _card(
        f"Users of this tenant who were there between {2 * churn.WINDOW} and {churn.WINDOW} days ago.",
        ["days since the last visit", f"days there in {churn.WINDOW}"],
        values["quality"] or {},
        "What holidays and ends of term do to everybody is in the risk as if it would go on.",
    )
    return Learnt(values, card, sample)


def products_of(tally: Tally) -> Learnt | None:
    """Learn which products go together; None where nobody bought anything."""
    return _together(tally.products, "Products that each buyer of this tenant bought.")


def courses_of(tally: Tally) -> Learnt | None:
    """Learn which courses go together; None where nobody is in one."""
    return _together(tally.courses, "Courses that each student of this tenant entered.")


def _together(counted: Baskets, data: str) -> Learnt | None:
    if counted.number < SMALL:
        return None
    values: dict[str, Any] = {
        "baskets": counted.number,
        "rules": [asdict(rule) for rule in rules(counted, SMALL)],
        "near": neighbours(counted, SMALL),
        "popular": [name for name, count in counted.items.most_common(_POPULAR) if count >= SMALL],
    }
    limits = f"Pairs that fewer than {SMALL} people have are left out. What goes together need not cause each other."
    return Learnt(values, _card(data, ["who has both"], {"rules": len(values["rules"])}, limits), counted.number)


def behaviour_of(tally: Tally) -> Learnt | None:
    """Learn kinds of behaviour; None for too few users."""
    found = behaviour.find(tally.rows)
    if found is None:
        return None
    card = _card(
        f"Figures of at most {behaviour.MOST_SAMPLED} users of this tenant.",
        list(behaviour.FEATURES),
        {"explained": round(found.explained, 4)},
        "Kinds are a way to look at users, and no trait of anybody. They are worked out anew each night.",
    )
    return Learnt(asdict(found), card, len(tally.rows))
