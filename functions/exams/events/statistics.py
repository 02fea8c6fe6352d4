"""Counters of finished exams: each student's performance, and the statistics of every assessment.

Requests only read them.

A student's own performance counts a result once it is released: it would tell before that what was right (EXAM L1, L2).

A session is counted when its score is complete: at its end, or when the last answer is graded. When a score changes
later, what was counted of the earlier revision is taken off in the same transaction, so each counter holds every
session once, in its latest revision.

What all candidates of an assessment add to is folded, a batch at a time (`Aggregator`); what is a student's own is
written for each session.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit.consumers.aggregator import Aggregator, Entry, write_totals
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.totals import Totals
from lyceum.kit.table import batch_fetch
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.statistics import ItemStatistics, Performance, ScoreDistribution
from lyceum.rules import revisions

from functions.exams.statistics import analysis

consumer = Consumer("exams-statistics")
handler = consumer.handler
aggregator = Aggregator(consumer.name)
_ITEMS_A_PART = 40
_QUESTIONS_AN_ENTRY = 80
_OUTCOMES = ("right", "partial", "wrong", "blank")
Row = dict[str, Any]
Ended = ExamCompleted | ExamGraded


class _Version(NamedTuple):
    """One revision of a score, to be counted (1) or taken off (-1)."""

    sign: int
    percent: Decimal
    is_passed: bool
    rows: list[Row]


class _Told(NamedTuple):
    """A revision that an event tells of, before its marks are read."""

    sign: int
    revision: int
    percent: Decimal
    is_passed: bool | None


@consumer.gather(ExamCompleted)
def count(events: Sequence[ExamCompleted]) -> None:
    """Count finished sessions, unless they wait for a grader."""
    _count([(event, _now(event)) for event in events])


@consumer.gather(ExamGraded)
def recount(events: Sequence[ExamGraded]) -> None:
    """Count sessions whose score is complete now, in place of what was counted of them before."""
    _count([(event, [*_before(event), *_now(event)]) for event in events])


@consumer.gather(ExamReleased)
def count_released(events: Sequence[ExamReleased]) -> None:
    """Count results that were kept back to their students' performance; the assessments have counted them."""
    for event, versions in _read([(event, _now(event)) for event in events]):
        _count_performance(event, versions)


def _now(event: Ended) -> list[_Told]:
    return [] if event.percent is None else [_Told(1, event.revision, event.percent, event.passed)]


def _before(event: ExamGraded) -> list[_Told]:
    if event.earlier_revision is None or event.earlier_percent is None:
        return []
    return [_Told(-1, event.earlier_revision, event.earlier_percent, event.earlier_passed)]


def _read(told: Sequence[tuple[Ended, list[_Told]]]) -> Iterator[tuple[Ended, list[_Version]]]:
    """Read the marks of sessions, a hundred at a time; one that was removed meanwhile has left nothing to count."""
    marks = revisions.marks_of_many([(event.exam_id, each.revision) for event, versions in told for each in versions])
    for event, versions in told:
        found = [(each, marks[event.exam_id, each.revision]) for each in versions]
        read = [
            _Version(each.sign, each.percent, bool(each.is_passed), _judged(stored)) for each, stored in found if stored
        ]
        if read and len(read) == len(versions):
            yield event, read


def _judged(marks: ExamMarks | MarksRevision) -> list[Row]:
    """Return what was marked; a question that was left out since is worth nothing and says nothing."""
    return [row for row in marks.marks if Decimal(row["max_score"])]


def _count(told: Sequence[tuple[Ended, list[_Told]]]) -> None:
    """Count sessions to their students, and together to their assessments."""
    sessions = list(_read(told))
    for event, versions in sessions:
        if event.is_released:
            _count_performance(event, versions)
    counted = _counted_assessments(event.assessment_id for event, _ in sessions if event.assessment_id)
    entries = [
        entry for event, versions in sessions if event.assessment_id in counted for entry in _entries(event, versions)
    ]
    aggregator.fold(entries, write_totals)


def _counted_assessments(assessment_ids: Iterable[str]) -> set[str]:
    """Return which of these are counted: those that were not removed meanwhile."""
    names = [ScoreDistribution.at(assessment_id=assessment_id) for assessment_id in sorted(set(assessment_ids))]
    return {each.assessment_id for each in batch_fetch(names) if isinstance(each, ScoreDistribution)}


def _count_performance(event: Ended, versions: Sequence[_Version]) -> None:
    """Add a session to its student's performance, in parts that happen once each."""
    counted = list(_performance(event, versions).items())
    for number, start in enumerate(range(0, len(counted), _ITEMS_A_PART)):
        with consumer.part(event, number) as part:
            for target, values in counted[start : start + _ITEMS_A_PART]:
                Totals.of(target, values).write(part)


def _performance(event: Ended, versions: Sequence[_Version]) -> Totals:
    """Add a session to its student's performance: by mode and week, questions by topic and difficulty.

    Each exam is of one mode, so what these come to together is known without an item of its own.
    """
    year, week, _ = event.finished_at.isocalendar()
    wholes = {("mode", event.mode), ("week", f"{year}-W{week:02d}")}
    totals = Totals()

    def add(respect: tuple[str, str], values: dict[str, int]) -> None:
        totals.add(Performance, {"user_id": event.user_id, "respect": respect[0], "name": respect[1]}, values)

    for version in versions:
        for respect in sorted(wholes):
            add(respect, _whole(version))
        for row in version.rows:
            for respect in (*sorted(wholes), ("topic", row["topic_id"]), ("difficulty", row["difficulty"])):
                add(respect, _of_row(row, version.sign))
    return totals


def _whole(version: _Version) -> dict[str, int]:
    hundredths = int(version.percent * analysis.PERCENT_UNIT)
    return {"exams": version.sign, "passed": version.sign * version.is_passed, "percent_sum": version.sign * hundredths}


def _of_row(row: Row, sign: int) -> dict[str, int]:
    counts = {name: sign * (row["outcome"] == name) for name in _OUTCOMES}
    return {"questions": sign, "time_spent_seconds": sign * int(row["time_spent_seconds"]), **counts}


def _entries(event: Ended, versions: Sequence[_Version]) -> Iterator[Entry[Totals]]:
    """Return what a session adds to its assessment, in parts that each fit one transaction with others like it.

    The first holds the scores. Questions stand in the order of their ids, so that everybody's parts are the same ones.
    """
    items = _items(versions)
    for number in range(max(1, -(-len(items) // _QUESTIONS_AN_ENTRY))):
        totals = Totals() if number else _scores(event, versions)
        start = number * _QUESTIONS_AN_ENTRY
        for question_id in sorted(items)[start : start + _QUESTIONS_AN_ENTRY]:
            names = {"assessment_id": str(event.assessment_id), "question_id": question_id}
            totals.add(ItemStatistics, names, items[question_id])
        yield Entry.of(f"{event.event_id}.items{number}" if number else event.event_id, totals)


def _scores(event: Ended, versions: Sequence[_Version]) -> Totals:
    """Add a session to the scores of its assessment; the histogram is of first attempts alone."""
    totals = Totals()
    for version in versions:
        hundredths = int(version.percent * analysis.PERCENT_UNIT)
        whole = {
            "attempts": 1,
            "passed": int(version.is_passed),
            "percent_sum": hundredths,
            "percent_squares": hundredths**2,
        }
        if event.attempt == 1:
            whole |= {"taker_count": 1, f"takers.{ScoreDistribution.bucket(int(version.percent))}": 1}
        signed = {name: version.sign * value for name, value in whole.items()}
        totals.add(ScoreDistribution, {"assessment_id": str(event.assessment_id)}, signed, must_exist=True)
    return totals


def _items(versions: Sequence[_Version]) -> dict[str, dict[str, int]]:
    items: dict[str, dict[str, int]] = {}
    for version in versions:
        for row, (item, rest) in zip(version.rows, analysis.rests(version.rows), strict=True):
            into = items.setdefault(row["question_id"], {})
            for name, value in _of_item(row, item, rest, version.sign).items():
                into[name] = into.get(name, 0) + value
    return items


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
