"""Who may attempt something published: when, from where, how often and for how long."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Forbidden
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.exams.sessions import ActiveSession, AttemptCount
from lyceum.rules.questions import seeded_order

from functions.exams.attempts import active_session, timing
from functions.exams.attempts.answer_sheet import unknown_exam
from functions.exams.attempts.spec import AttemptSpec, scope_of
from functions.exams.attempts.state import AttemptState, read_attempt
from functions.exams.papers import access_codes, code_tries, embargo, forms, paper, policies


def admit(
    caller: Principal, address: str, assessment_id: str, access_code: str | None, modes: frozenset[str] | None = None
) -> AttemptSpec | AttemptState:
    """Return what an attempt at something published may begin with, or the attempt that runs.

    Costs one read, another for an attempt that runs, and two writes where an access code is asked for. Raises NotFound
    for what is not published or of none of the modes, Locked after five wrong access codes, Forbidden
    (ADDRESS_NOT_ALLOWED, ACCESS_CODE_WRONG) or Conflict (NOT_OPEN_YET, WINDOW_CLOSED, EXAM_PAUSED,
    NO_ATTEMPTS_LEFT, LEASED_ELSEWHERE).
    """
    now = clock.now()
    assessment, found, attempts, guard = _read(caller, assessment_id)
    if modes is not None and assessment.mode not in modes:
        raise unknown_exam()
    check_address(assessment.policy, address)
    running = _running(caller, guard, now)
    if running:
        return running
    _check_code(caller, assessment, access_code)
    extra = assessment.accommodations.get(caller.user_id, {})
    _check_time(assessment, extra, now)
    used = int(attempts.used) if attempts else 0
    allowed = assessment.policy["attempts"]
    if allowed is not None and used >= allowed + extra.get("extra_attempts", 0):
        raise Conflict(f"You have used your {used} attempts.", code="NO_ATTEMPTS_LEFT")
    return _spec(assessment, found, extra, used)


def _read(
    caller: Principal, assessment_id: str
) -> tuple[Assessment, list[AssessmentForm], AttemptCount | None, ActiveSession | None]:
    names = [
        Assessment.at(assessment_id=assessment_id),
        AttemptCount.at(user_id=caller.user_id, assessment_id=assessment_id),
        ActiveSession.at(user_id=caller.user_id, scope=scope_of(assessment_id)),
        *(AssessmentForm.at(assessment_id=assessment_id, form=letter) for letter in forms.LETTERS),
    ]
    assessment, attempts, guard, *found = batch_fetch(names, consistent=True)
    if not isinstance(assessment, Assessment) or assessment.state != "published":
        raise unknown_exam()
    return (
        assessment,
        [form for form in found if isinstance(form, AssessmentForm)],
        attempts if isinstance(attempts, AttemptCount) else None,
        guard if isinstance(guard, ActiveSession) else None,
    )


def _running(caller: Principal, guard: ActiveSession | None, now: datetime) -> AttemptState | None:
    attempt = read_attempt(guard.exam_id) if guard and guard.closes_at >= now else None
    if attempt is None or timing.is_closed(attempt.session, now):
        return None
    active_session.require_device(caller, attempt.sheet)
    return attempt


def _check_code(caller: Principal, assessment: Assessment, given: str | None) -> None:
    """Compare an access code, where one is asked for, after the try is counted."""
    is_tried = given is not None and assessment.policy.get("access_code_hash")
    tries = code_tries.count(caller.user_id, assessment.assessment_id) if is_tried else None
    access_codes.check_code(assessment.policy, given)
    if tries:
        code_tries.forget(tries)


def _check_time(assessment: Assessment, extra: dict[str, Any], now: datetime) -> None:
    opens, closes = embargo.window(assessment, extra)
    if opens and now < opens:
        raise Conflict(f"This exam opens at {clock.iso(opens)}.", code="NOT_OPEN_YET")
    if closes and now >= closes:
        raise Conflict("The time to sit this exam is over.", code="WINDOW_CLOSED")
    if assessment.paused_at:
        raise Conflict("This exam is paused for everybody.", code="EXAM_PAUSED")


def _spec(assessment: Assessment, found: list[AssessmentForm], extra: dict[str, Any], used: int) -> AttemptSpec:
    seed = ids.new_secret(24)
    form = found[int(seeded_order.digest(seed, "form", assessment.assessment_id), 16) % len(found)]
    parts = forms.questions_of(form)
    percent = extra.get("extra_time_percent", 0)
    section_limits = policies.limits(assessment.sections, percent)
    policy = {name: value for name, value in assessment.policy.items() if name not in {"access_code_hash", "window"}}
    return AttemptSpec(
        mode=assessment.mode,
        scope=scope_of(assessment.assessment_id),
        policy=policy,
        seed=seed,
        entries=paper.in_sections(parts, assessment.sections, seed, policy),
        topic_ids=assessment.topic_ids,
        limit_seconds=sum(section_limits) or policies.limit_seconds(policy["duration_seconds"], percent),
        section_limits=section_limits,
        sections=assessment.sections,
        closes_by=embargo.window(assessment, extra)[1],
        closed_from=embargo.last_closing(assessment),
        assessment=assessment,
        attempts_used=used,
    )


def check_address(policy: Mapping[str, Any], address: str) -> None:
    """Raise Forbidden ADDRESS_NOT_ALLOWED for an address outside the networks of the exam."""
    networks: Sequence[str] = policy.get("allowed_networks") or ()
    if networks and not _is_inside(address, networks):
        raise Forbidden("This exam can not be taken from here.", code="ADDRESS_NOT_ALLOWED")


def _is_inside(address: str, networks: Sequence[str]) -> bool:
    try:
        place = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(place, "ipv4_mapped", None) or place
    return any(mapped in ip_network(each) for each in networks)
