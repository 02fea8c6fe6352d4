"""Study sessions of one student on several devices: begun, paused, gone on with, finished.

The server's clock decides, so devices need not agree on the time, and what is told twice happens once: pausing what is
paused changes nothing. Each stretch is counted when it ends, less what another session or exam has covered.
"""

from datetime import date, timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.values import local_time, time_zones
from lyceum.model.study.learners import DailyTotals, Learner, StudyClock
from lyceum.model.study.sessions import StudySession
from lyceum.model.users.account import User

from functions.study import activity
from functions.study.sessions import timing
from functions.study.sessions.schemas import (
    ChangeSession,
    DayTotal,
    PomodoroView,
    SessionHistory,
    SessionQuery,
    SessionView,
    StartSession,
)

_TRIES = 4
_DAYS_SHOWN = 7
_MOST_IDS = 50


def start(caller: Principal, wanted: StartSession) -> SessionView:
    """Begin a session (1 write)."""
    now = clock.now()
    is_pomodoro = wanted.timer == "pomodoro"
    session = StudySession(
        user_id=caller.user_id,
        session_id=ids.new_id(),
        timer=wanted.timer,
        title=wanted.title,
        plan_id=wanted.plan_id,
        course_id=wanted.course_id,
        topic_ids=list(dict.fromkeys(wanted.topic_ids)),
        lesson_ids=list(dict.fromkeys(wanted.lesson_ids)),
        focus_minutes=wanted.focus_minutes if is_pomodoro else None,
        break_minutes=wanted.break_minutes if is_pomodoro else None,
        started_at=now,
        running_since=now,
    )
    Unit().create(session).commit()
    return view(session)


def change(caller: Principal, session_id: str, wanted: ChangeSession) -> SessionView:
    """Do something to a session, or add to what it was about (1 read, one transaction).

    Raises NotFound, and Conflict for a session that is finished and is to go on, or that other devices keep changing.
    """
    for _ in range(_TRIES):
        try:
            return _change(caller, session_id, wanted)
        except Conflict as conflict:
            if conflict.code != "EDIT_CONFLICT":
                raise
    raise Conflict("Your devices are all at this session; try again.", code="EDIT_CONFLICT")


def _change(caller: Principal, session_id: str, wanted: ChangeSession) -> SessionView:
    session, study_clock, learner, user = fetch_many(
        StudySession.at(user_id=caller.user_id, session_id=session_id),
        StudyClock.at(user_id=caller.user_id),
        Learner.at(user_id=caller.user_id),
        User.at(user_id=caller.user_id),
        consistent=True,
    )
    if session is None:
        raise NotFound("There is no such study session.")
    before = session.serialize()
    _add_subjects(session, wanted)
    unit = Unit()
    if wanted.action == "resume":
        _resume(session)
    elif wanted.action is not None and session.state == "running":
        _count(
            unit,
            session,
            study_clock or StudyClock(user_id=caller.user_id),
            learner or Learner(user_id=caller.user_id),
            user.time_zone if user else "UTC",
        )
    if wanted.action == "pause" and session.state == "running":
        session.state = "paused"
    if wanted.action == "finish" and session.state != "finished":
        session.state, session.finished_at = "finished", clock.now()
    if session.serialize() != before:
        unit.replace(session).commit()
    return view(session)


def _add_subjects(session: StudySession, wanted: ChangeSession) -> None:
    topics = dict.fromkeys([*session.topic_ids, *(wanted.topic_ids or ())])
    lessons = dict.fromkeys([*session.lesson_ids, *(wanted.lesson_ids or ())])
    if max(len(topics), len(lessons)) > _MOST_IDS:
        raise Conflict(f"A session is about {_MOST_IDS} topics and lessons at most.")
    session.topic_ids, session.lesson_ids = list(topics), list(lessons)


def _resume(session: StudySession) -> None:
    if session.state == "finished":
        raise Conflict("This session is finished; begin another.", code="SESSION_FINISHED")
    if session.state == "paused":
        session.state, session.running_since = "running", clock.now()


def _count(unit: Unit, session: StudySession, study_clock: StudyClock, learner: Learner, zone_name: str) -> None:
    """End the stretch that runs, and add to the unit what it counts for."""
    now = clock.now()
    fresh = activity.uncovered(study_clock, timing.stretches(session, now), now)
    amounts = [
        (moment, activity.Amount(seconds=seconds)) for moment, seconds in activity.split_by_day(fresh, zone_name)
    ]
    session.run_seconds, session.running_since = timing.run_seconds(session, now), None
    if not amounts:
        return
    session.counted_seconds = int(session.counted_seconds) + sum(amount.seconds for _, amount in amounts)
    days = activity.record(unit, learner, amounts, zone_name)
    about = {"course_id": session.course_id, "plan_id": session.plan_id}
    events = [
        activity.told(learner, day, "session", amount, topic_ids=list(session.topic_ids), **about)
        for day, (_, amount) in zip(days, amounts, strict=True)
    ]
    unit.save(study_clock, *events)


def history(caller: Principal, query: SessionQuery) -> SessionHistory:
    """Return a page of sessions, the newest first, with the totals of the last seven days (2 requests)."""
    where = None if query.state is None else StudySession.state == query.state
    found = find(
        StudySession,
        user_id=caller.user_id,
        descending=True,
        limit=query.limit,
        after=query.start_key(),
        where=where,
    )
    today, totals = days_until_today(caller.user_id)
    monday = today - timedelta(days=today.weekday())
    return SessionHistory(
        sessions=[view(session) for session in found.items],
        next_cursor=query.cursor_after(found),
        days=totals,
        seconds_today=totals[-1].seconds,
        seconds_this_week=sum(day.seconds for day in totals if day.date >= monday),
    )


def days_until_today(user_id: str) -> tuple[date, list[DayTotal]]:
    """Return today in the student's zone, and the last seven days up to it (1 request)."""
    utc = clock.now().date()
    names = [(utc + timedelta(days=number)).isoformat() for number in range(-_DAYS_SHOWN - 1, 2)]
    user, *rows = batch_fetch([User.at(user_id=user_id), *(DailyTotals.at(user_id=user_id, day=day) for day in names)])
    zone_name = user.time_zone if isinstance(user, User) else "UTC"
    today = local_time.day_of(clock.now(), time_zones.zone(zone_name))
    known = {row.day: row for row in rows if isinstance(row, DailyTotals)}
    return today, last_days(known, today)


def last_days(known: dict[str, DailyTotals], today: date) -> list[DayTotal]:
    """Return the last seven days up to today, those without study too."""
    days = [today - timedelta(days=number) for number in reversed(range(_DAYS_SHOWN))]
    return [_total(day, known.get(day.isoformat())) for day in days]


def _total(day: date, row: DailyTotals | None) -> DayTotal:
    if row is None:
        return DayTotal(date=day, seconds=0, questions=0, correct=0)
    return DayTotal(date=day, seconds=int(row.seconds), questions=int(row.questions), correct=int(row.correct))


def view(session: StudySession) -> SessionView:
    """Show a session as it stands now; one that was left running is paused since it stopped counting."""
    now = clock.now()
    until = timing.ends_at(session)
    is_over = until is not None and until <= now
    return SessionView(
        session_id=session.session_id,
        timer=session.timer,
        state="paused" if is_over else session.state,
        title=session.title,
        plan_id=session.plan_id,
        course_id=session.course_id,
        topic_ids=list(session.topic_ids),
        lesson_ids=list(session.lesson_ids),
        started_at=session.started_at,
        finished_at=session.finished_at,
        elapsed_seconds=timing.run_seconds(session, now),
        counted_seconds=int(session.counted_seconds),
        pomodoro=_pomodoro(session, is_running=session.state == "running" and not is_over),
        ends_at=until,
        as_of=now,
    )


def _pomodoro(session: StudySession, *, is_running: bool) -> PomodoroView | None:
    if session.timer != "pomodoro":
        return None
    now = clock.now()
    phase = timing.phase(session, now)
    return PomodoroView(
        focus_minutes=int(session.focus_minutes),
        break_minutes=int(session.break_minutes),
        phase="focus" if phase.is_focus else "break",
        phase_ends_at=now + timedelta(seconds=phase.seconds_left) if is_running else None,
        round=phase.round,
    )
