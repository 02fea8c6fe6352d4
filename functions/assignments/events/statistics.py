"""How assignments went, folded in from events."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from lyceum.events.assignments import AssignmentGraded, AssignmentSubmitted, SubmissionReassessed
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.assignments import AssignmentStatistics

consumer = Consumer("assignments-statistics")
handler = consumer.handler
_LAST_TENTH = 9


@consumer.fold(AssignmentSubmitted)
def count_submissions(events: Sequence[AssignmentSubmitted], unit: Unit) -> None:
    """Count each student's first submission, and whether it was late."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        if event.attempt == 1:
            counts[event.assignment_id] += Counter(submitted=1, late=int(event.days_late > 0))
    _add(unit, counts)


@consumer.fold(SubmissionReassessed)
def count_reassessed(events: Sequence[SubmissionReassessed], unit: Unit) -> None:
    """Count who is late now and was not, and the other way round."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        counts[event.assignment_id]["late"] += (event.days_late > 0) - (event.earlier_days_late > 0)
    _add(unit, counts)


@consumer.fold(AssignmentGraded)
def count_grades(events: Sequence[AssignmentGraded], unit: Unit) -> None:
    """Count each student's grade once, as it stands now."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        counted = counts[event.assignment_id]
        counted[_tenth(event.percent)] += 1
        counted["percent_sum"] += int(event.percent * 100)
        if event.earlier_percent is None:
            counted["graded"] += 1
        else:
            counted[_tenth(event.earlier_percent)] -= 1
            counted["percent_sum"] -= int(event.earlier_percent * 100)
    _add(unit, counts)


def _tenth(percent: Decimal) -> str:
    return f"tenths_{min(int(percent // 10), _LAST_TENTH)}"


def _add(unit: Unit, counts: Mapping[str, Counter[str]]) -> None:
    """Add to the statistics of assignments; one that was taken away has none any more."""
    for statistics in batch_fetch([AssignmentStatistics.at(assignment_id=each) for each in counts]):
        if isinstance(statistics, AssignmentStatistics):
            growth = [
                getattr(AssignmentStatistics, name).add(number)
                for name, number in counts[statistics.assignment_id].items()
                if number
            ]
            if growth:
                unit.change(statistics, *growth)
