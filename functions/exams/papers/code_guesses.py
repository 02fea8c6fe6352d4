"""Guesses of an exam's access code: one at a time, with a delay after each wrong one (EXAM W10)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Forbidden, RateLimited
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.sessions import CodeGuesses

from functions.exams.papers import access_codes

_LONGEST_DELAY = timedelta(minutes=5)
_KEPT = timedelta(days=1)


def check(
    caller: Principal, assessment_id: str, policy: Mapping[str, Any], given: str | None, known: CodeGuesses | None
) -> None:
    """Admit a caller who gives the code of an exam that has one.

    A guess is counted before it is looked at, so many at once are no more than one. Costs two writes where a code was
    given, nothing for exams without. Raises Forbidden ACCESS_CODE_WRONG, RateLimited ACCESS_CODE_DELAYED, or
    ConditionFailed while another guess of the caller's is looked at.
    """
    if not policy.get("access_code_hash"):
        return
    if given is None:
        raise _wrong()
    now = clock.now()
    if known and known.blocked_until > now:
        if known.is_checking:
            raise ConditionFailed
        raise _delayed(known, now)
    guess = _claim(caller, assessment_id, known, now)
    if not access_codes.is_right(policy, given):
        Unit().change(guess, CodeGuesses.is_checking.set(False)).commit()
        raise _wrong()
    Unit().remove(guess).commit()


def _claim(caller: Principal, assessment_id: str, known: CodeGuesses | None, now: datetime) -> CodeGuesses:
    failed = (int(known.failed) if known else 0) + 1
    until = now + min(_LONGEST_DELAY, timedelta(seconds=2.0 ** min(failed, 20)))
    guess = CodeGuesses(
        user_id=caller.user_id,
        assessment_id=assessment_id,
        failed=failed,
        blocked_until=until,
        is_checking=True,
        ttl=int((now + _KEPT).timestamp()),
        version=int(known.version) if known else 0,
    )
    if known:
        guess.created_at = known.created_at
    Unit().save(guess).commit()
    return guess


def _wrong() -> Forbidden:
    return Forbidden("This exam opens with its access code only.", code="ACCESS_CODE_WRONG")


def _delayed(known: CodeGuesses, now: datetime) -> RateLimited:
    wait = max(1, ceil((known.blocked_until - now).total_seconds()))
    message = "The access code was wrong too often. Wait before you try another."
    return RateLimited(message, code="ACCESS_CODE_DELAYED", retry_after_seconds=wait)
