"""Progress against plan: what was done of each topic and on each day, beside what was planned."""

from collections.abc import Sequence
from datetime import date, timedelta

from pynamodb.expressions.update import Action

from lyceum.events.study import StudyRecorded
from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find
from lyceum.model.study.plans import COUNTED, PlanProgress, StudyPlan

from functions.study.plans import calendar, plans
from functions.study.plans.schemas import DayProgress, PlanProgressView, TopicProgress

_LATE = timedelta(days=7)
_MOST_PLANS = 20


def show(caller: Principal, plan_id: str) -> PlanProgressView:
    """Return how a plan goes (1 request); raises NotFound."""
    plan, progress = plans.require(caller, plan_id)
    today = calendar.today_of(plan)
    rows = calendar.current(plan, progress, today).rows
    begun, target = date.fromisoformat(plan.starts_on), date.fromisoformat(plan.target_on)
    topics = _topics(plan, progress, rows, today)
    so_far = sum(topic.planned_minutes_so_far for topic in topics)
    behind = sum(max(0, topic.planned_minutes_so_far - topic.studied_minutes) for topic in topics if not topic.is_done)
    over, whole = calendar.day_count(plan, begun, today), calendar.day_count(plan, begun, target)
    return PlanProgressView(
        plan_id=plan.plan_id,
        status=plan.status,
        percent_done=round(100 * sum(topic.is_done for topic in topics) / len(topics), 2),
        percent_elapsed=round(100 * over / whole, 2) if whole else 100.0,
        days_left=max(0, (target - today).days),
        planned_minutes_so_far=so_far,
        studied_minutes=sum(topic.studied_minutes for topic in topics),
        minutes_behind=behind,
        is_on_track=behind == 0,
        topics=topics,
        days=_days(plan, progress, rows, today),
        as_of=clock.now(),
    )


def _topics(plan: StudyPlan, progress: PlanProgress, rows: Sequence[calendar.Row], today: date) -> list[TopicProgress]:
    planned = calendar.minutes_by_key(rows)
    so_far = calendar.minutes_by_key(row for row in rows if row[0] < today.isoformat() and row[3] == "learn")
    shown = []
    for topic in plan.topics:
        _, questions, correct = progress.done("topics", topic["topic_id"] or topic["key"])
        shown.append(
            TopicProgress(
                key=topic["key"],
                topic_id=topic["topic_id"],
                title=topic["title"],
                is_done=bool(topic["done_on"]),
                planned_minutes=planned.get(topic["key"], 0),
                planned_minutes_so_far=so_far.get(topic["key"], 0),
                studied_minutes=calendar.studied_minutes(topic, progress),
                questions_answered=questions,
                correct_answers=correct,
            )
        )
    return shown


def _days(plan: StudyPlan, progress: PlanProgress, rows: Sequence[calendar.Row], today: date) -> list[DayProgress]:
    """Return each day up to today on which something was planned or done."""
    planned = calendar.by_day([row for row in rows if row[0] <= today.isoformat()])
    shown = []
    for day in sorted({*planned, *progress.names("days")}):
        seconds, questions, correct = progress.done("days", day)
        minutes = sum(row[2] for row in planned.get(day, ()))
        goal = int(plan.daily_questions) if minutes else 0
        shown.append(
            DayProgress(
                date=day,
                planned_minutes=minutes,
                planned_questions=goal,
                studied_minutes=seconds // 60,
                questions_answered=questions,
                correct_answers=correct,
                is_met=seconds // 60 >= minutes or (goal > 0 and questions >= goal),
            )
        )
    return shown


def count(event: StudyRecorded, unit: Unit) -> None:
    """Add what was counted to each open plan that it belongs to: by topic, by course, or as the plan followed."""
    found = find(StudyPlan, user_id=event.user_id, from_sort="PLAN#", to_sort="PLAN#~", descending=True).items
    late = date.fromisoformat(event.day) - _LATE
    open_plans = [plan for plan in found if plan.status != "completed" and date.fromisoformat(plan.target_on) >= late]
    for plan in open_plans[:_MOST_PLANS]:
        changes = _changes(plan, event)
        if changes:
            unit.change(PlanProgress.at(user_id=plan.user_id, plan_id=plan.plan_id), *changes)


def _changes(plan: StudyPlan, event: StudyRecorded) -> list[Action]:
    """Return what an event adds to the counters of a plan; nothing when it belongs to other subjects."""
    names = {topic["topic_id"] or topic["key"] for topic in plan.topics}
    seconds = {name: each for name, each in event.seconds_by_topic.items() if name in names}
    answers = {name: each for name, each in event.answers_by_topic.items() if name in names}
    is_of_course = plan.course_id is not None and plan.course_id == event.course_id
    is_whole = is_of_course or plan.plan_id == event.plan_id
    if not seconds and not answers and not is_whole:
        return []
    whole = event.seconds if is_whole else sum(seconds.values())
    asked, right = (sum(each[number] for each in answers.values()) for number in (0, 1))
    added = [("days", event.day, (whole, asked, right))]
    added += [
        ("topics", name, (seconds.get(name, 0), *answers.get(name, (0, 0)))) for name in sorted({*seconds, *answers})
    ]
    changes: list[Action] = []
    for group, name, values in added:
        for what, value in zip(COUNTED, values, strict=True):
            counter = PlanProgress.counter(group, name, what)
            changes.append(counter.set((counter | 0) + value))
    return changes
