"""Who may attempt something published: when, from where, how often and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Forbidden, RateLimited
from lyceum.kit.http import rate_limits
from lyceum.kit.http.routes import Limit
from lyceum.kit.identity import Principal
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import batch_fetch, fetch_many, retry_on_conflict
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.exams.sessions import ActiveSession, AttemptCount, CodeGuesses, ExamSession
from lyceum.rules.courses import course_access
from lyceum.rules.questions import seeded_order

from functions.exams.attempts import active_session, timing
from functions.exams.attempts.answer_sheet import unknown_exam
from functions.exams.attempts.spec import AttemptSpec, scope_of
from functions.exams.attempts.state import AttemptState, read_attempt
from functions.exams.papers import code_guesses, embargo, forms, paper, policies
from functions.exams.papers.policies import QUIZ_MODES

_STARTS = Limit(10, 3600)
"""Starts of one exam by one student; neither practice nor another exam counts towards it (EXAM W10)."""


_NOT_COPIED = frozenset({"access_code_hash", "window", "expected_candidates"})
"""Rules that decide who may start, and say nothing to a session."""


class _Found(NamedTuple):
    """What decides whether somebody may start something published."""

    assessment: Assessment
    forms: list[AssessmentForm]
    attempts: AttemptCount | None
    guard: ActiveSession | None
    guesses: CodeGuesses | None


def admit(
    caller: Principal,
    address: str,
    assessment_id: str,
    access_code: str | None,
    modes: frozenset[str] | None = None,
    away_device: str | None = None,
) -> AttemptSpec | AttemptState:
    """Return what an attempt at something published may begin with, or the attempt that runs.

    One on an `away_device` may be asked for before the window opens, and its access code opens the pack there instead.

    Costs one read, another for an attempt that runs, and another of a course's quiz. Raises NotFound for what is not
    published or of none of the modes, Forbidden (ADDRESS_NOT_ALLOWED, ACCESS_CODE_WRONG, NOT_ENROLLED), RateLimited
    (ACCESS_CODE_DELAYED) or Conflict (NOT_OPEN_YET, WINDOW_CLOSED, EXAM_PAUSED, NO_ATTEMPTS_LEFT, LEASED_ELSEWHERE,
    KEYS_SHOWN).
    """
    busy = RateLimited("Another access code is looked at. Wait a moment.", retry_after_seconds=2)
    return retry_on_conflict(
        lambda: _admit(caller, address, assessment_id, access_code, modes, away_device), refuse=busy
    )


def _admit(
    caller: Principal,
    address: str,
    assessment_id: str,
    access_code: str | None,
    modes: frozenset[str] | None,
    away_device: str | None,
) -> AttemptSpec | AttemptState:
    now = clock.now()
    found = _read(caller, assessment_id)
    assessment = found.assessment
    if modes is not None and assessment.mode not in modes:
        raise unknown_exam()
    check_address(assessment.policy, address)
    running = _running(caller, found.guard, now)
    if running:
        return running
    is_preview = _is_preview(caller, assessment)
    extra = assessment.accommodations.get(caller.user_id, {})
    if away_device is None:
        code_guesses.check(caller, assessment_id, assessment.policy, access_code, found.guesses)
    _check_time(assessment, extra, now, is_away=away_device is not None)
    used = int(found.attempts.used) if found.attempts else 0
    if not is_preview:
        _check_attempts(assessment, extra, found.attempts, used)
    rate_limits.count(_STARTS, f"user#{caller.user_id}", f"start {assessment_id}")
    opens_at = embargo.window(assessment, extra)[0]
    spec = _spec(assessment, found.forms, extra, used)
    return replace(spec, is_preview=is_preview, away_device=away_device, opens_at=opens_at)


def _is_preview(caller: Principal, assessment: Assessment) -> bool:
    """Say whether the caller only tries an assessment: its owner does, and so does all staff outside of courses.

    A quiz is for those who learn in its course, and its teachers try it: raises Forbidden NOT_ENROLLED for others (1
    storage request).
    """
    if assessment.mode not in QUIZ_MODES or assessment.course_id is None:
        return caller.role is not Role.STUDENT or caller.user_id == assessment.owner_id
    course, enrolment = fetch_many(
        Course.at(course_id=assessment.course_id),
        Enrolment.at(course_id=assessment.course_id, user_id=caller.user_id),
        consistent=True,
    )
    if course_access.is_learning(enrolment):
        return False
    if course is None or not course_access.is_teacher(caller, course):
        raise course_access.not_enrolled()
    return True


def _check_attempts(assessment: Assessment, extra: dict[str, Any], attempts: AttemptCount | None, used: int) -> None:
    """Refuse more attempts than there are, and one on a paper of which the student knows by now what is right.

    That may be an attempt that was granted beyond those that everybody has, or one after the end of a window that told
    the results and was moved. Either has to be granted with that in mind (EXAM L7). Costs a read where it matters.
    """
    allowed, is_granted = assessment.policy["attempts"], False
    if allowed is not None and used >= allowed:
        is_granted = True
        if used >= allowed + extra.get("extra_attempts", 0):
            raise Conflict(f"You have used your {used} attempts.", code="NO_ATTEMPTS_LEFT")
    is_told_late = assessment.policy["feedback"] == "after_window"
    if attempts is None or extra.get("after_keys") or not (is_granted or is_told_late):
        return
    last = ExamSession.fetch(exam_id=attempts.last_exam_id, consistent=True)
    since = None if is_granted else assessment.after_keys_at
    if last and last.released_at is not None and not (since and last.started_at <= since):
        raise Conflict(
            "What is right was shown to you: another attempt has to be granted with that in mind.", code="KEYS_SHOWN"
        )


def _read(caller: Principal, assessment_id: str) -> _Found:
    """Read what decides, with the forms unless this process keeps them; those it keeps may have been replaced.

    Where very many are expected, the exam itself is asked for by a read that may be a moment behind, which takes half
    of what one partition has for all of them.
    """
    of_forms = [AssessmentForm.at(assessment_id=assessment_id, form=letter) for letter in forms.LETTERS]
    known = forms.kept(assessment_id)
    kept, of_exam = known.forms, [Assessment.at(assessment_id=assessment_id)]
    names = [
        AttemptCount.at(user_id=caller.user_id, assessment_id=assessment_id),
        ActiveSession.at(user_id=caller.user_id, scope=scope_of(assessment_id)),
        CodeGuesses.at(user_id=caller.user_id, assessment_id=assessment_id),
    ]
    if known.is_for_crowd:
        read = [*batch_fetch(of_exam), *batch_fetch(names, consistent=True)]
    else:
        read = batch_fetch([*of_exam, *names, *([] if kept else of_forms)], consistent=True)
    assessment, attempts, guard, guesses, *found = read
    if not isinstance(assessment, Assessment) or assessment.state != "published":
        raise unknown_exam()
    if kept and not forms.are_of(assessment, kept):
        found = batch_fetch(of_forms, consistent=True)
        kept = []
    made = kept or [form for form in found if isinstance(form, AssessmentForm)]
    forms.keep(assessment, made)
    return _Found(
        assessment,
        made,
        attempts if isinstance(attempts, AttemptCount) else None,
        guard if isinstance(guard, ActiveSession) else None,
        guesses if isinstance(guesses, CodeGuesses) else None,
    )


def _running(caller: Principal, guard: ActiveSession | None, now: datetime) -> AttemptState | None:
    attempt = read_attempt(guard.exam_id) if guard and guard.closes_at >= now else None
    if attempt is None or timing.is_closed(attempt.session, now):
        return None
    if attempt.session.state != "away":
        active_session.require_device(caller, attempt.sheet)
    return attempt


def _check_time(assessment: Assessment, extra: dict[str, Any], now: datetime, *, is_away: bool) -> None:
    opens, closes = embargo.window(assessment, extra)
    if opens and now < opens and not is_away:
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
    policy = {name: value for name, value in assessment.policy.items() if name not in _NOT_COPIED}
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
