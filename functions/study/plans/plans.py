"""Study plans of one student: made, changed, paused, finished, removed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

from lyceum.events.study import StudyPlanCompleted
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.kit.table.fetching import fetch_many
from lyceum.model.exams.statistics import Performance
from lyceum.model.study.learners import Learner
from lyceum.model.study.plans import PlanProgress, StudyPlan
from lyceum.model.users.account import User

from functions.study.plans import calendar, plan_topics, views
from functions.study.plans.planner import CircularTopics
from functions.study.plans.schemas import (
    MOST_DAYS,
    WEEKDAYS,
    CompleteTopic,
    DaysOff,
    MakePlan,
    PlanQuery,
    PlanView,
    UpdatePlan,
)

_TRIES = 4
T = TypeVar("T")


class _LearnerMoved(Conflict):
    """Something was counted for the student between the read and the write; the same is done again."""

    def __init__(self) -> None:
        super().__init__("Much is going on at once; try again.", code="EDIT_CONFLICT")


def _again(work: Callable[[], T]) -> T:
    """Do something again while the student's own item moves on, which is no conflict with the plan."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except _LearnerMoved:
            continue
    return work()


def make(caller: Principal, wanted: MakePlan) -> PlanView:
    """Lay a plan (3 reads at most, one transaction).

    Raises NotFound for a course or topic that there is not, ValidationFailed for dates and topics that do not fit, and
    a rule violation for topics that build on each other in a circle.
    """
    topics, course_title = plan_topics.of_plan(wanted)
    return _again(lambda: _make(caller, wanted, topics, course_title))


def _make(caller: Principal, wanted: MakePlan, topics: list[dict[str, Any]], course_title: str | None) -> PlanView:
    user, learner, *performances = batch_fetch(
        [
            User.at(user_id=caller.user_id),
            Learner.at(user_id=caller.user_id),
            *plan_topics.performances_of(caller.user_id, topics),
        ]
    )
    zone = wanted.time_zone or (user.time_zone if isinstance(user, User) else "UTC")
    plan = StudyPlan(
        user_id=caller.user_id,
        plan_id=ids.new_id(),
        title=wanted.title or course_title or topics[0]["title"],
        course_id=wanted.course_id,
        target_on=wanted.target_date.isoformat(),
        time_zone=zone,
        daily_questions=wanted.daily_goal.questions,
        daily_minutes=wanted.daily_goal.minutes,
        days_off=_days_off(wanted.days_off),
        topics=topics,
    )
    today = calendar.today_of(plan)
    plan.starts_on = (wanted.start_date or today).isoformat()
    _check_dates(date.fromisoformat(plan.starts_on), wanted.target_date, today)
    plan_topics.note_mastery(plan, [each for each in performances if isinstance(each, Performance)])
    progress = PlanProgress(user_id=caller.user_id, plan_id=plan.plan_id)
    _lay(plan, progress, today)
    unit = Unit().create(plan).create(progress)
    _note_goals(unit, plan, learner if isinstance(learner, Learner) else Learner(user_id=caller.user_id))
    unit.commit()
    return views.view(plan, calendar.current(plan, progress, today))


def listed(caller: Principal, query: PlanQuery) -> Slice[StudyPlan]:
    """Return a page of the caller's plans, the newest first (1 request)."""
    where = None if query.status is None else StudyPlan.status == query.status
    return find(
        StudyPlan,
        user_id=caller.user_id,
        descending=True,
        limit=query.limit,
        after=query.start_key(),
        from_sort="PLAN#",
        to_sort="PLAN#~",
        where=where,
    )


def show(caller: Principal, plan_id: str) -> PlanView:
    """Return a plan with its calendar as it is to be followed today (1 request); raises NotFound."""
    plan, progress = require(caller, plan_id)
    return views.view(plan, calendar.current(plan, progress, calendar.today_of(plan)))


def require(caller: Principal, plan_id: str) -> tuple[StudyPlan, PlanProgress]:
    """Read one of the caller's plans with its progress (1 request); raises NotFound."""
    plan, progress = fetch_many(
        StudyPlan.at(user_id=caller.user_id, plan_id=plan_id), PlanProgress.at(user_id=caller.user_id, plan_id=plan_id)
    )
    if plan is None:
        raise NotFound("There is no such study plan.")
    return plan, progress or PlanProgress(user_id=caller.user_id, plan_id=plan_id)


def update(caller: Principal, plan_id: str, wanted: UpdatePlan, if_match: int | None) -> PlanView:
    """Change a plan and lay the rest of it again (3 reads at most, one transaction).

    Raises NotFound, PreconditionFailed for another version than `if_match`, ValidationFailed or a rule violation.
    """
    return _again(lambda: _update(caller, plan_id, wanted, if_match))


def _update(caller: Principal, plan_id: str, wanted: UpdatePlan, if_match: int | None) -> PlanView:
    plan, progress = require(caller, plan_id)
    expected = int(plan.version)
    if wanted.topics is not None:
        done = {topic["key"]: topic["done_on"] for topic in plan.topics}
        plan.topics = [
            {**topic, "done_on": done.get(topic["key"])} for topic in plan_topics.named(wanted.topics, plan.course_id)
        ]
    learner, *performances = batch_fetch(
        [Learner.at(user_id=caller.user_id), *plan_topics.performances_of(caller.user_id, plan.topics)]
    )
    plan.title = wanted.title or plan.title
    plan.time_zone = wanted.time_zone or plan.time_zone
    if wanted.daily_goal is not None:
        plan.daily_questions, plan.daily_minutes = wanted.daily_goal.questions, wanted.daily_goal.minutes
    if wanted.days_off is not None:
        plan.days_off = _days_off(wanted.days_off)
    today = calendar.today_of(plan)
    if wanted.target_date is not None:
        _check_dates(date.fromisoformat(plan.starts_on), wanted.target_date, today)
        plan.target_on = wanted.target_date.isoformat()
    _set_status(plan, wanted.status or plan.status)
    plan_topics.note_mastery(plan, [each for each in performances if isinstance(each, Performance)])
    _lay(plan, progress, today)
    unit = Unit().replace(plan, expect=expected if if_match is None else if_match)
    _note_goals(unit, plan, learner if isinstance(learner, Learner) else Learner(user_id=caller.user_id))
    unit.commit()
    return views.view(plan, calendar.current(plan, progress, today))


def complete_topic(caller: Principal, plan_id: str, wanted: CompleteTopic) -> PlanView:
    """Mark a topic done, or not done after all, and lay the rest again (2 reads, one transaction).

    With the last topic the plan is completed. Raises NotFound for a plan or topic that there is not.
    """
    return _again(lambda: _complete_topic(caller, plan_id, wanted))


def _complete_topic(caller: Principal, plan_id: str, wanted: CompleteTopic) -> PlanView:
    plan, progress = require(caller, plan_id)
    topic = next((each for each in plan.topics if wanted.topic_id in {each["key"], each["topic_id"]}), None)
    if topic is None:
        raise NotFound("There is no such topic in this plan.")
    today = calendar.today_of(plan)
    if bool(topic["done_on"]) == wanted.is_done:
        return views.view(plan, calendar.current(plan, progress, today))
    topic["done_on"] = today.isoformat() if wanted.is_done else None
    was = plan.status
    if all(each["done_on"] for each in plan.topics):
        _set_status(plan, "completed")
    elif plan.status == "completed":
        _set_status(plan, "active")
    _lay(plan, progress, today)
    unit = Unit()
    events = []
    if plan.status == "completed" != was:
        named = ids.derived_id(plan.created_at, "study_plan.completed", plan.user_id, plan.plan_id)
        about = {"user_id": plan.user_id, "plan_id": plan.plan_id, "title": plan.title, "course_id": plan.course_id}
        events = [StudyPlanCompleted(event_id=named, **about)]
    unit.replace(plan, *events)
    if plan.status != was:
        _note_goals(unit, plan, Learner.fetch(user_id=caller.user_id) or Learner(user_id=caller.user_id))
    unit.commit()
    return views.view(plan, calendar.current(plan, progress, today))


def remove(caller: Principal, plan_id: str) -> None:
    """Remove a plan with its progress (1 read, one transaction); raises NotFound."""
    _again(lambda: _remove(caller, plan_id))


def _remove(caller: Principal, plan_id: str) -> None:
    missing = NotFound("There is no such study plan.")
    unit = Unit().remove(
        StudyPlan.at(user_id=caller.user_id, plan_id=plan_id), when=StudyPlan.pk.exists(), refuse=missing
    )
    unit.remove(PlanProgress.at(user_id=caller.user_id, plan_id=plan_id))
    learner = Learner.fetch(user_id=caller.user_id)
    if learner is not None and plan_id in learner.plans:
        learner.plans = {name: goal for name, goal in learner.plans.items() if name != plan_id}
        unit.save(learner, refuse=_LearnerMoved())
    unit.commit()


def _days_off(wanted: DaysOff) -> dict[str, Any]:
    weekdays = sorted({WEEKDAYS.index(name) for name in wanted.weekdays})
    return {"weekdays": weekdays, "dates": sorted({day.isoformat() for day in wanted.dates})}


def _check_dates(starts_on: date, target_on: date, today: date) -> None:
    wrong = []
    if starts_on < today - timedelta(days=MOST_DAYS):
        wrong.append(Detail("startDate", "This is too long ago."))
    if target_on <= max(starts_on, today):
        wrong.append(Detail("targetDate", "The target lies after today and after the start."))
    elif (target_on - max(starts_on, today)).days > MOST_DAYS:
        wrong.append(Detail("targetDate", f"A plan is for {MOST_DAYS} days at most."))
    if wrong:
        raise ValidationFailed("These dates do not fit.", details=wrong)


def _set_status(plan: StudyPlan, status: str) -> None:
    plan.completed_at = (plan.completed_at or clock.now()) if status == "completed" else None
    plan.status = status


def _lay(plan: StudyPlan, progress: PlanProgress, today: date) -> None:
    try:
        calendar.lay_plan(plan, progress, today)
    except CircularTopics as circle:
        raise rule_violation(
            "CIRCULAR_TOPICS", f"These topics build on each other: {', '.join(circle.keys)}."
        ) from None


def _note_goals(unit: Unit, plan: StudyPlan, learner: Learner) -> None:
    """Note on the student's own item what an active plan asks for, where goals and reviews look it up."""
    others = {name: goal for name, goal in learner.plans.items() if name != plan.plan_id}
    own = {
        "course_id": plan.course_id,
        "target_on": plan.target_on,
        "daily_questions": int(plan.daily_questions),
        "daily_minutes": int(plan.daily_minutes),
    }
    goals = {**others, plan.plan_id: own} if plan.status == "active" else others
    if goals != learner.plans:
        learner.plans = goals
        unit.save(learner, refuse=_LearnerMoved())
