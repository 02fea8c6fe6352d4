"""Figures of the models of insights, each with the data that it is worked out on."""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from math import sin, tau
from pathlib import Path

from functions.insights.experiments import comparing
from functions.insights.experiments.comparing import Group
from functions.insights.figures import forecasts
from functions.insights.models import baskets, churn, lifetime

CDNOW = Path(__file__).parents[1] / "insights" / "data" / "cdnow.csv"
PEEKS = 40
_PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
Figure = tuple[str, float, str]


def figures() -> Iterator[Figure]:
    """Yield every figure: its name, its value, and of which data it is."""
    yield from _lifetimes()
    yield from _spending()
    yield from _alarms()
    yield from _forecasts()
    yield from _churn()
    yield from _baskets()


def _lifetimes() -> Iterator[Figure]:
    with CDNOW.open() as file:
        buyers = Counter((int(row["x"]), float(row["last"]), float(row["age"])) for row in csv.DictReader(file))
    fitted = lifetime.fit_buying(buyers)
    for name, published in _PUBLISHED.items():
        yield f"BG/NBD {name} (published {published})", getattr(fitted, name), f"CDNOW, {sum(buyers.values())} buyers"
    yield "purchases in 39 weeks (published 1.226)", fitted.expected(39, 2, 30.43, 38.86), "CDNOW, customer 1"


def _spending() -> Iterator[Figure]:
    draw = random.Random(3)
    rows: Counter[tuple[int, float]] = Counter()
    for _ in range(6000):
        rate, repeats = draw.gammavariate(3.74, 1 / 15.44), draw.choice([1, 1, 2, 3, 5])
        rows[repeats, round(100 * sum(draw.gammavariate(6.25, 1 / rate) for _ in range(repeats)) / repeats)] += 1
    fitted = lifetime.fit_spending(rows)
    found, true = fitted.p * fitted.v / (fitted.q - 1), 100 * 6.25 * 15.44 / 2.74
    yield "Gamma-Gamma mean by the true one", found / true, "6000 buyers drawn from p 6.25, q 3.74, v 15.44"


def _alarms() -> Iterator[Figure]:
    for share in (0.02, 0.1, 0.5):
        draw = random.Random(21)
        alarms = sum(_decided(draw, share, share) for _ in range(1000))
        yield f"false alarms at 1 %, {PEEKS} looks, share {share}", alarms / 1000, "1000 experiments without effect"
    draw = random.Random(22)
    found = sum(_decided(draw, 0.1, 0.14) for _ in range(300)) / 300
    yield "experiments decided, 10 % against 14 %", found, "300 experiments of 4000 users a variant"


def _decided(draw: random.Random, one: float, other: float) -> bool:
    users = first = second = 0
    for _ in range(PEEKS):
        users += 100
        first += sum(draw.random() < one for _ in range(100))
        second += sum(draw.random() < other for _ in range(100))
        if comparing.compare(Group(users, first), Group(users, second), spread=0.03).p_value <= 0.01:
            return True
    return False


def _forecasts() -> Iterator[Figure]:
    draw = random.Random(8)
    values = [100 + day / 3 + 30 * sin(day * tau / 7) + draw.gauss(0, 6) for day in range(420)]
    held = total = 0
    ratios = []
    for end in range(180, 400, 5):
        found = forecasts.fit(values[:end])
        ratios.append(found.error / found.naive)
        for (_, low, high), true in zip(found.ahead(14), values[end : end + 14], strict=True):
            held, total = held + (low <= true <= high), total + 1
    yield "share within the bounds (promised 0.8)", held / total, "420 drawn days, 44 forecasts of 14 days"
    yield "error by that of saying what was a week ago", sum(ratios) / len(ratios), "the same days"


def _churn() -> Iterator[Figure]:
    draw = random.Random(6)
    outcomes: Counter[tuple[str, str, bool]] = Counter()
    for _ in range(8000):
        rate, leaves = draw.betavariate(1, 4), draw.random() < 0.3
        until = draw.randrange(30, 61) if leaves else 120
        days = [day for day in range(1, 120) if day < until and draw.random() < rate]
        name = churn.class_of(days, 60)
        if name is not None:
            outcomes[draw.choice("ab"), name, churn.stayed_away(days, 60)] += 1
    told = churn.quality(outcomes)
    if told is not None and told.auc is not None:
        data = f"{sum(outcomes.values())} drawn users, each half by the other"
        yield "churn: area under the curve", told.auc, data
        yield "churn: Brier score by that of the mean", told.brier / told.base, data


def _baskets() -> Iterator[Figure]:
    draw = random.Random(9)
    counted = baskets.Baskets()
    for _ in range(5000):
        first = draw.random() < 0.3
        held = ["a"] * first + ["b"] * (draw.random() < (0.6 if first else 0.2)) + ["c"] * (draw.random() < 0.4)
        counted.add(held or ["d"])
    found = {(rule.first, rule.then): rule for rule in baskets.rules(counted, 5)}
    data = "5000 drawn baskets"
    yield "confidence of a planted rule (true 0.6)", found["a", "b"].confidence, data
    yield "lift of a planted rule (true 1.875)", found["a", "b"].lift, data
    yield "lift of two that are unrelated (true 1)", found["a", "c"].lift, data
