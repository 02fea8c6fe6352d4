"""Tries of an exam's access code: each is counted before it is compared, for each taker and exam.

A count is one conditional write, so of many tries at once no more are compared than are allowed.
"""

from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.errors import Locked
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.sessions import AccessCodeTries

MOST = 5
"""Tries in one span of time; a code is short and said aloud in a hall."""
SPAN = timedelta(minutes=15)


def count(user_id: str, assessment_id: str) -> AccessCodeTries:
    """Count a try that is about to be compared (1 write, and 1 more when an older span is over).

    Returns the count, to be forgotten when the code was right; raises Locked until the span ends when it is one too
    many.
    """
    now = clock.now()
    record = AccessCodeTries.at(user_id=user_id, assessment_id=assessment_id)
    fresh = [AccessCodeTries.ends_at.set(now + SPAN), AccessCodeTries.ttl.set(int((now + SPAN).timestamp()))]
    counted = Unit().change(
        record,
        AccessCodeTries.tries.add(1),
        AccessCodeTries.ends_at.set(AccessCodeTries.ends_at | (now + SPAN)),
        AccessCodeTries.ttl.set(int((now + SPAN).timestamp())),
        when=AccessCodeTries.pk.does_not_exist() | ((AccessCodeTries.tries < MOST) & (AccessCodeTries.ends_at > now)),
        or_create=True,
    )
    try:
        counted.commit()
    except ConditionFailed as failure:
        found = AccessCodeTries.from_raw_data(failure.item) if failure.item else None
        if found is None or found.ends_at > now:
            raise _locked(found.ends_at - now if found else SPAN) from None
        when = AccessCodeTries.ends_at == found.ends_at
        Unit().change(record, AccessCodeTries.tries.set(1), *fresh, when=when, refuse=_locked(SPAN)).commit()
    return record


def forget(record: AccessCodeTries) -> None:
    """Forget the tries of somebody whose code was right (1 write)."""
    Unit().remove(record).commit()


def _locked(left: timedelta) -> Locked:
    message = "Too many wrong access codes. Ask who holds the exam."
    return Locked(message, retry_after_seconds=int(left.total_seconds()) + 1)
