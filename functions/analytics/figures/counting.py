"""What counts: an entry for each thing that a learner did. Pure.

An exam counts once its learner may know the result, as it is marked now. Percentages are summed in hundredths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from lyceum.model.analytics.learners import DIFFICULTIES

_LETTERS = {"right": "r", "partial": "p", "wrong": "w"}
_TOPICS_A_PART = 25
Counts = dict[str, int]


@dataclass
class Fact:
    """Something that counts, in the form of an entry; see `lyceum.model.analytics.learners.FigureEntry`."""

    user_id: str
    cause: str
    cause_id: str
    at: datetime
    part: int = 0
    revision: int = 1
    day: str | None = None
    title: str | None = None
    course_id: str | None = None
    percent: str | None = None
    totals: Counts = field(default_factory=dict)
    daily: Counts = field(default_factory=dict)
    topics: dict[str, Counts] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the entry within evidence."""
        return f"{self.cause}#{self.cause_id}"

    @property
    def is_logged(self) -> bool:
        """Whether it is shown among what somebody did."""
        return self.part == 0 and self.cause in {"exam", "session", "lesson", "course", "assignment"}


def hundredths(percent: Decimal | str | None) -> int:
    """Write a percentage in hundredths."""
    return int(Decimal(percent) * 100) if percent is not None else 0


def add(into: Counts, counts: Mapping[str, int], sign: int = 1) -> None:
    """Add counts to others, or take them off."""
    for name, value in counts.items():
        into[name] = into.get(name, 0) + sign * value


def parts_of(topic_ids: Sequence[str]) -> int:
    """Return how many entries an exam has: a part for each 25 of its topics, so that one fits a transaction."""
    return 1 + max(0, len(set(topic_ids)) - 1) // _TOPICS_A_PART


def of_exam(
    whole: Fact, rows: Sequence[Mapping[str, Any]], percent: Decimal | None, *, passed: bool, parts: int
) -> list[Fact]:
    """Return the entries of an exam from how its questions are marked; without a percentage nothing of it counts.

    `whole` is the first of them as far as it is known. Which part a topic is in follows from its id. A topic of which
    nothing counts has empty evidence, so that it keeps its place whichever revision comes first.
    """
    facts = [whole] + [
        Fact(whole.user_id, whole.cause, whole.cause_id, whole.at, part=part, revision=whole.revision)
        for part in range(1, parts)
    ]
    for row in rows:
        facts[_part_of(row, parts)].evidence[row["topic_id"]] = ""
    if percent is None:
        return facts
    whole.percent = str(percent)
    whole.totals = {"exams": 1, "passed": int(passed), "percent_sum": hundredths(percent)}
    whole.daily = {"exams": 1, "percent_sum": hundredths(percent)}
    for row in rows:
        if float(row["max_score"]):
            _count_row(whole, facts[_part_of(row, parts)], row)
    return facts


def _part_of(row: Mapping[str, Any], parts: int) -> int:
    return crc32(row["topic_id"].encode()) % parts


def _count_row(whole: Fact, part: Fact, row: Mapping[str, Any]) -> None:
    outcome, topic_id, seconds = row["outcome"], row["topic_id"], int(row["time_spent_seconds"])
    if outcome == "pending":
        return
    add(whole.totals, {"questions": 1, outcome: 1, "exam_seconds": seconds})
    if outcome != "blank":
        add(whole.daily, {"questions": 1, "right": int(outcome == "right"), "partial": int(outcome == "partial")})
    difficulty = row["difficulty"] if row["difficulty"] in DIFFICULTIES else "medium"
    add(part.topics.setdefault(topic_id, {}), {f"{difficulty}_{outcome}": 1, f"{difficulty}_seconds": seconds})
    if outcome in _LETTERS:
        part.evidence[topic_id] = part.evidence.get(topic_id, "") + _LETTERS[outcome]


def of_study(
    fact: Fact, seconds: int, seconds_by_topic: Mapping[str, int], reviewed: Mapping[str, tuple[int, int]] | None
) -> Fact:
    """Return the entry of study time; with `reviewed`, answers and those remembered by topic, that of a review."""
    fact.totals = {"study_seconds": seconds}
    fact.daily = {"seconds": seconds}
    for topic_id, spent in seconds_by_topic.items():
        add(fact.topics.setdefault(topic_id, {}), {"study_seconds": spent})
    for topic_id, (asked, right) in (reviewed or {}).items():
        add(fact.topics.setdefault(topic_id, {}), {"reviews": asked, "remembered": right})
        fact.evidence[topic_id] = "r" * right + "w" * (asked - right)
    return fact
