"""Named metrics worked out of the lake alone, and whether the folded figures of a day say the same."""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import Unit, find
from lyceum.model.insights.activity import ActivityDay
from lyceum.model.insights.lake import LakeDay
from lyceum.model.insights.sales import SalesDay

from functions.insights.figures.money import SIGNS
from functions.insights.lake import compacting, engine

_COUNTS = "SELECT name, count(*) FROM '{file}' GROUP BY name"
_PEOPLE = "SELECT count(DISTINCT person) FROM '{file}' WHERE name IN ('session.started', 'session.continued')"
_MONEY = """
SELECT leg.currency, leg.account, sum(leg.amount)::BIGINT FROM (
  SELECT unnest(from_json(more -> '$.legs', '[{{"account":"VARCHAR","amount":"BIGINT","currency":"VARCHAR"}}]')) AS leg
  FROM '{file}' WHERE name = 'ledger.posted'
) GROUP BY ALL
"""
COUNTED = {
    "user.registered": "registered",
    "question.submitted": "questions_submitted",
    "question.answered": "answers",
    "course.enrolled": "enrolled",
    "course.left": "left",
    "course.completed": "completed",
    "lesson.completed": "lessons",
    "exam.completed": "exams",
    "assignment.submitted": "submissions",
    "content.downloaded": "downloads",
}
"""By event, the counter of a day that is to say the same."""


def of_day(day: str) -> dict[str, Any]:
    """Work a day's figures out of the lake: events by name, active people, money by `{currency}#{account}`."""
    with engine.opened() as (duck, folder):
        file = folder / "day.parquet"
        file.write_bytes(compacting.fetched(day))
        counts = dict(duck.execute(_COUNTS.format(file=file)).fetchall())
        active = int(duck.execute(_PEOPLE.format(file=file)).fetchone()[0])
        booked = duck.execute(_MONEY.format(file=file)).fetchall()
    money = {
        f"{currency}#{account}": SIGNS[account] * amount for currency, account, amount in booked if account in SIGNS
    }
    return {"counts": counts, "active": active, "money": {name: amount for name, amount in money.items() if amount}}


def verify(day: str, events: int) -> LakeDay:
    """Hold the folded figures of a day against the lake, and note what differs."""
    found = of_day(day)
    folded = ActivityDay.fetch(day=day) or ActivityDay(day=day)
    differences = [
        {"figure": counter, "lake": found["counts"].get(name, 0), "figures": int(getattr(folded, counter))}
        for name, counter in COUNTED.items()
        if found["counts"].get(name, 0) != int(getattr(folded, counter))
    ]
    if found["active"] != int(folded.active):
        differences.append({"figure": "active", "lake": found["active"], "figures": int(folded.active)})
    booked = {
        f"{row.currency}#{name}": int(getattr(row, name))
        for row in find(SalesDay, day=day).items
        for name in SIGNS
        if int(getattr(row, name))
    }
    differences += [
        {"figure": name, "lake": found["money"].get(name, 0), "figures": booked.get(name, 0)}
        for name in sorted(found["money"].keys() | booked.keys())
        if found["money"].get(name, 0) != booked.get(name, 0)
    ]
    noted = LakeDay(day=day, events=events, differences=differences, verified_at=clock.now())
    Unit().put(noted).commit()
    return noted
