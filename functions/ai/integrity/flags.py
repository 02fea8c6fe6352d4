"""Flags in the hands of people: every decision has a reason, and an appeal is decided by somebody else."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Forbidden, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, fetch_many, find
from lyceum.model.ai.integrity import CheatFlag, FocusLoss, UpheldFlag
from lyceum.model.exams.sessions import ExamSession
from lyceum.rules import audits

from functions.ai.integrity.schemas import (
    Appeal,
    FlagQuery,
    FlagView,
    FocusLossView,
    ReportFocusLoss,
    Review,
)

_DECIDABLE = ("waiting", "appealed")
_MOST_LOSSES = 1000


def listed(query: FlagQuery) -> Slice[CheatFlag]:
    """Return a page of flags in a state, those with the highest score first (1 request, up to 3 where few match)."""
    return find(
        CheatFlag,
        index="gsi1",
        state=query.state,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=CheatFlag.sign == query.sign if query.sign else None,
    )


def review(caller: Principal, flag_id: str, given: Review) -> FlagView:
    """Decide on a flag, or anew on one that was appealed against (1 request and a transaction).

    It changes no mark. Raises NotFound, Conflict FLAG_DECIDED, and Forbidden for who is concerned, or decided on it
    before.
    """
    flag = CheatFlag.require(flag_id=flag_id, consistent=True)
    if caller.user_id in flag.people:
        raise Forbidden("Nobody decides about themselves.", code="OWN_FLAG")
    if flag.state not in _DECIDABLE:
        raise Conflict("This flag was decided on already.", code="FLAG_DECIDED")
    if flag.state == "appealed" and any(step["decided_by"] == caller.user_id for step in flag.history):
        raise Forbidden("An appeal is decided by somebody else.", code="OWN_DECISION")
    before, now = str(flag.state), clock.now()
    step = {
        "state": given.decision,
        "reason": given.reason,
        "decided_by": caller.user_id,
        "decided_at": clock.iso(now),
    }
    flag.state, flag.history = given.decision, [*flag.history, step]
    unit = Unit().replace(flag)
    for user_id in flag.people:
        if given.decision == "dismissed":
            unit.remove(UpheldFlag.at(user_id=user_id, flag_id=flag_id))
        else:
            changes = [
                UpheldFlag.assessment_id.set(flag.assessment_id),
                UpheldFlag.sign.set(flag.sign),
                UpheldFlag.reason.set(given.reason),
                UpheldFlag.decided_at.set(now),
            ]
            unit.change(UpheldFlag.at(user_id=user_id, flag_id=flag_id), *changes, or_create=True)
    audits.note(
        unit,
        caller.user_id,
        None,
        "integrity.flag_decided",
        flag_id,
        before={"state": before},
        after={"state": given.decision},
        reason=given.reason,
    )
    unit.commit()
    return view(flag)


def own(caller: Principal) -> list[UpheldFlag]:
    """Return the flags about the caller that were upheld (1 request)."""
    return find(UpheldFlag, user_id=caller.user_id).items


def appeal(caller: Principal, flag_id: str, given: Appeal) -> UpheldFlag:
    """Appeal against a flag about oneself, once (1 request and a transaction); raises NotFound and Conflict."""
    mine, flag = fetch_many(
        UpheldFlag.at(user_id=caller.user_id, flag_id=flag_id), CheatFlag.at(flag_id=flag_id), consistent=True
    )
    if mine is None or flag is None:
        raise NotFound("There is no such flag.")
    again = Conflict("An appeal was made already.", code="APPEALED_ALREADY")
    if mine.appeal is not None:
        raise again
    mine.appeal, mine.appealed_at = given.reason, clock.now()
    unit = Unit().replace(mine, refuse=again)
    if flag.state == "upheld":
        flag.state = "appealed"
        unit.replace(flag)
    unit.commit()
    return mine


def report_focus_loss(caller: Principal, given: ReportFocusLoss) -> FocusLossView:
    """Count that the window of the caller's running session was left (1 request and a write).

    Raises NotFound, Conflict SESSION_FINISHED, and RuleViolation TOO_MANY_REPORTS.
    """
    session, known = fetch_many(ExamSession.at(exam_id=given.exam_id), FocusLoss.at(exam_id=given.exam_id))
    if session is None or session.user_id != caller.user_id:
        raise NotFound("There is no such exam.")
    if session.state == "finished":
        raise Conflict("This session is finished.", code="SESSION_FINISHED")
    if known is not None and known.times >= _MOST_LOSSES:
        raise rule_violation("TOO_MANY_REPORTS", "No more is counted of this session.")
    loss = FocusLoss.at(exam_id=given.exam_id)
    Unit().change(loss, FocusLoss.times.add(1), FocusLoss.seconds.add(given.seconds), or_create=True).commit()
    return FocusLossView(
        exam_id=given.exam_id,
        times=int(known.times if known else 0) + 1,
        seconds=int(known.seconds if known else 0) + given.seconds,
    )


def view(flag: CheatFlag) -> FlagView:
    """Show a flag to who decides on it."""
    return FlagView.model_validate(flag)
