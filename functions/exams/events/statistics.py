"""Counters of finished exams: each student's performance, and the statistics of every assessment.

Requests only read them.

A student's own performance counts a result once it is released: it would tell before that what was right (EXAM L1, L2).

A session is counted when its score is complete: at its end, or when the last answer is graded. When a score changes
later, what was counted of the earlier revision is taken off in the same transaction, so each counter holds every
session once, in its latest revision.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Entity, Unit
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.statistics import ItemStatistics, Performance, ScoreDistribution
from lyceum.rules import revisions

from functions.exams.statistics import analysis

consumer = Consumer("exams-statistics")
handler = consumer.handler
_ITEMS_A_PART = 40
_OUTCOMES = ("right", "partial", "wrong", "blank")
Row = dict[str, Any]
Counted = tuple[type[Entity], dict[str, str], dict[str, int]]


class _Version(NamedTuple):
    """One revision of a score, to be counted (1) or taken off (-1)."""

    sign: int
    percent: Decimal
    is_passed: bool
    rows: list[Row]


@consumer.on(ExamCompleted)
def count(event: ExamCompleted, unit: Unit) -> None:
    """Count a finished session, unless it waits for a grader."""
    if event.percent is not None:
        _count(event, [_version(1, event, event.revision, event.percent, event.passed)], unit)


@consumer.on(ExamGraded)
def recount(event: ExamGraded, unit: Unit) -> None:
    """Count a session whose score is complete now, in place of what was counted of it before."""
    versions = [] if event.percent is None else [_version(1, event, event.revision, event.percent, event.passed)]
    if event.earlier_revision is not None and event.earlier_percent is not None:
        earlier = _version(-1, event, event.earlier_revision, event.earlier_percent, event.earlier_passed)
        versions.insert(0, earlier)
    _count(event, versions, unit)


@consumer.on(ExamReleased)
def count_released(event: ExamReleased, _unit: Unit) -> None:
    """Count a result that was kept back to its student's performance; its assessment has counted it."""
    version = event.percent is not None and _version(1, event, event.revision, event.percent, event.passed)
    if version:
        _count_parts(event, _performance(event, [version]))


def _version(
    sign: int, event: ExamCompleted | ExamGraded, revision: int, percent: Decimal, is_passed: bool | None
) -> _Version | None:
    """Read one revision of a session's marks to count it; None of a session that was removed meanwhile."""
    rows = _rows(event.exam_id, revision)
    return None if rows is None else _Version(sign, percent, bool(is_passed), rows)


def _rows(exam_id: str, revision: int) -> list[Row] | None:
    """Read the marks of one revision: those in force, or those that later ones replaced; None when they are gone."""
    marks = revisions.marks_of(exam_id, revision)
    return None if marks is None else _judged(marks)


def _judged(marks: ExamMarks | MarksRevision) -> list[Row]:
    """Return what was marked; a question that was left out since is worth nothing and says nothing."""
    return [row for row in marks.marks if Decimal(row["max_score"])]


def _count(event: ExamCompleted | ExamGraded, found: list[_Version | None], unit: Unit) -> None:
    """Count a session in the unit and, what does not fit one transaction, in parts that happen once each too.

    One that was removed meanwhile has left nothing to count.
    """
    versions = [version for version in found if version is not None]
    if len(versions) < len(found):
        return
    counted = _performance(event, versions) if event.is_released else []
    if event.assessment_id is not None and ScoreDistribution.fetch(assessment_id=event.assessment_id):
        _count_scores(event, versions, unit)
        counted += _items(event.assessment_id, versions)
    _count_parts(event, counted)


def _count_parts(event: ExamCompleted | ExamGraded, counted: list[Counted]) -> None:
    for number, start in enumerate(range(0, len(counted), _ITEMS_A_PART)):
        with consumer.part(event, number) as part:
            for entity, names, values in counted[start : start + _ITEMS_A_PART]:
                _add(part, entity, names, values)


def _performance(event: ExamCompleted | ExamGraded, versions: list[_Version]) -> list[Counted]:
    """Add a session to its student's performance: as a whole by mode and week, questions by topic and difficulty."""
    year, week, _ = event.finished_at.isocalendar()
    wholes = {("all", "all"), ("mode", event.mode), ("week", f"{year}-W{week:02d}")}
    totals: dict[tuple[str, str], dict[str, int]] = {}
    for version in versions:
        for respect in wholes:
            _sum_up(totals, respect, _whole(version))
        for row in version.rows:
            for respect in (*wholes, ("topic", row["topic_id"]), ("difficulty", row["difficulty"])):
                _sum_up(totals, respect, _of_row(row, version.sign))
    return [
        (Performance, {"user_id": event.user_id, "respect": respect, "name": name}, values)
        for (respect, name), values in sorted(totals.items())
    ]


def _whole(version: _Version) -> dict[str, int]:
    hundredths = int(version.percent * analysis.PERCENT_UNIT)
    return {"exams": version.sign, "passed": version.sign * version.is_passed, "percent_sum": version.sign * hundredths}


def _of_row(row: Row, sign: int) -> dict[str, int]:
    counts = {name: sign * (row["outcome"] == name) for name in _OUTCOMES}
    return {"questions": sign, "time_spent_seconds": sign * int(row["time_spent_seconds"]), **counts}


def _sum_up(totals: dict[Any, dict[str, int]], respect: Any, values: dict[str, int]) -> None:
    into = totals.setdefault(respect, {})
    for name, value in values.items():
        into[name] = into.get(name, 0) + value


def _count_scores(event: ExamCompleted | ExamGraded, versions: list[_Version], unit: Unit) -> None:
    """Add a session to the scores of its assessment; the histogram is of first attempts alone."""
    changes = []
    buckets: dict[int, int] = {}
    totals: dict[str, int] = {}
    for version in versions:
        hundredths = int(version.percent * analysis.PERCENT_UNIT)
        whole = {
            "attempts": 1,
            "passed": int(version.is_passed),
            "percent_sum": hundredths,
            "percent_squares": hundredths**2,
        }
        _sum_up({"": totals}, "", {name: version.sign * value for name, value in whole.items()})
        if event.attempt == 1:
            buckets[int(version.percent)] = buckets.get(int(version.percent), 0) + version.sign
            _sum_up({"": totals}, "", {"taker_count": version.sign})
    for percent, count in buckets.items():
        changes.append(ScoreDistribution.part(percent).set((ScoreDistribution.part(percent) | 0) + count))
    distribution = ScoreDistribution.at(assessment_id=event.assessment_id)
    unit.change(
        distribution, *(getattr(ScoreDistribution, name).add(value) for name, value in totals.items()), *changes
    )


def _items(assessment_id: str, versions: list[_Version]) -> list[Counted]:
    totals: dict[str, dict[str, int]] = {}
    for version in versions:
        for row, (item, rest) in zip(version.rows, analysis.rests(version.rows), strict=True):
            _sum_up(totals, row["question_id"], _of_item(row, item, rest, version.sign))
    return [
        (ItemStatistics, {"assessment_id": assessment_id, "question_id": name}, values)
        for name, values in totals.items()
    ]


def _of_item(row: Row, item: int, rest: int, sign: int) -> dict[str, int]:
    sums = {
        "item_sum": item,
        "item_squares": item**2,
        "rest_sum": rest,
        "rest_squares": rest**2,
        "products": item * rest,
    }
    counts = _of_row(row, sign)
    counts["attempts"] = counts.pop("questions")
    return {**counts, **{name: sign * value for name, value in sums.items()}}


def _add(unit: Unit, entity: type[Entity], names: dict[str, str], values: dict[str, int]) -> None:
    named = [getattr(entity, name).set(value) for name, value in names.items()]
    unit.change(
        entity.at(**names),
        *named,
        *(getattr(entity, name).add(value) for name, value in values.items()),
        or_create=True,
    )
