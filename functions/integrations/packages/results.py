"""What a unit's results come to: when it is done with, and what the whole package is then."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lyceum.events.integrations import PackageProgressed
from lyceum.kit import clock
from lyceum.kit.event import Message
from lyceum.kit.table import Unit
from lyceum.model.integrations.packages import ALONE, PackageRegistration, PackageUnit

_THOUSAND = 1000


def is_satisfied(moves_on: str, unit: PackageUnit) -> bool:
    """Say whether a unit is done with, by the words of cmi5 (section 13.1.4, moveOn)."""
    completed, passed = unit.completion == "completed", unit.success == "passed"
    return {
        "NotApplicable": True,
        "Completed": completed,
        "Passed": passed,
        "CompletedAndPassed": completed and passed,
        "CompletedOrPassed": completed or passed,
    }[moves_on]


def scaled(score: Any) -> str | None:
    """Write a scaled score as a decimal text with five places at most, within -1 and 1; None for none."""
    if score is None:
        return None
    number = max(Decimal(-1), min(Decimal(1), Decimal(str(score))))
    return format(number.quantize(Decimal("0.00001")).normalize(), "f")


def fold(writes: Unit, registration: PackageRegistration, unit: PackageUnit, *, is_done: bool) -> None:
    """Take a unit's state into its registration, with what follows from it; nothing is written where nothing changed.

    A unit that is done with stays so, the best score of each counts, and the package is completed once.
    """
    was = (list(registration.satisfied), dict(registration.scores)) if registration.version else None
    events = _folded(registration, unit, is_done=is_done)
    if was != (registration.satisfied, registration.scores):
        writes.save(registration, *events)


def _folded(registration: PackageRegistration, unit: PackageUnit, *, is_done: bool) -> list[Message]:
    number, before = int(unit.number), (registration.completed_at, registration.score)
    satisfied = {int(each) for each in registration.satisfied} | ({number} if is_done else set())
    registration.satisfied = sorted(satisfied)
    known = registration.scores.get(str(number))
    if unit.score is not None and (known is None or Decimal(unit.score) > Decimal(known)):
        registration.scores = {**registration.scores, str(number): unit.score}
    registration.score = _mean(list(registration.scores.values()))
    if registration.completed_at is None and len(satisfied) >= int(registration.unit_count):
        registration.completed_at = clock.now()
    if registration.form == "web" or before == (registration.completed_at, registration.score):
        return []
    return [
        PackageProgressed(
            registration_id=registration.registration_id,
            content_id=registration.content_id,
            user_id=registration.user_id,
            title=registration.title,
            is_completed=registration.completed_at is not None,
            score=registration.score,
            lesson_id=None if registration.lesson_id == ALONE else registration.lesson_id,
            course_id=registration.course_id,
        )
    ]


def _mean(scores: list[str]) -> int | None:
    """Return the mean of scaled scores in thousandths, none below nothing."""
    if not scores:
        return None
    total = sum((max(Decimal(0), Decimal(each)) for each in scores), Decimal(0))
    return int((total * _THOUSAND / len(scores)).quantize(Decimal(1), ROUND_HALF_UP))
