"""Study plans as their students see them."""

from typing import Any

from lyceum.model.study.plans import StudyPlan

from functions.study.plans import calendar_feed
from functions.study.plans.calendar import Calendar, Row, by_day, shared_questions
from functions.study.plans.schemas import WEEKDAYS, PlanSummary, PlanView


def summary(plan: StudyPlan) -> PlanSummary:
    """Show a plan without its calendar."""
    return PlanSummary.model_validate(_summary(plan))


def view(plan: StudyPlan, calendar: Calendar) -> PlanView:
    """Show a plan with a calendar of it; a year's is put together as a whole, not entry by entry."""
    topics = {topic["key"]: topic for topic in plan.topics}
    return PlanView.model_validate(
        {
            **_summary(plan),
            "days_off": {
                "weekdays": [WEEKDAYS[number] for number in plan.days_off.get("weekdays", ())],
                "dates": plan.days_off.get("dates", []),
            },
            "topics": [_topic(topic) for topic in plan.topics],
            "calendar": [
                _day(day, rows, topics, int(plan.daily_questions)) for day, rows in by_day(calendar.rows).items()
            ],
            "fits": not calendar.unplaced,
            "unplaced": [
                {"key": key, "topic_id": topics[key]["topic_id"], "title": topics[key]["title"], "minutes": minutes}
                for key, minutes in calendar.unplaced.items()
                if key in topics
            ],
            "revision_from": calendar.revision_from,
            "laid_on": calendar.laid_on,
            "calendar_url": calendar_feed.address(plan),
            "version": int(plan.version),
        }
    )


def _summary(plan: StudyPlan) -> dict[str, Any]:
    done = sum(bool(topic["done_on"]) for topic in plan.topics)
    return {
        "plan_id": plan.plan_id,
        "title": plan.title,
        "course_id": plan.course_id,
        "status": plan.status,
        "start_date": plan.starts_on,
        "target_date": plan.target_on,
        "time_zone": plan.time_zone,
        "daily_goal": {"questions": int(plan.daily_questions), "minutes": int(plan.daily_minutes)},
        "topic_count": len(plan.topics),
        "done_count": done,
        "percent_done": round(100 * done / len(plan.topics), 2) if plan.topics else 0.0,
        "created_at": plan.created_at,
        "updated_at": plan.updated_at,
        "completed_at": plan.completed_at,
    }


def _topic(topic: dict[str, Any]) -> dict[str, Any]:
    shown = {name: topic[name] for name in ("key", "topic_id", "title", "priority", "after", "mastery", "done_on")}
    return {**shown, "estimated_minutes": topic["minutes"], "is_done": bool(topic["done_on"])}


def _day(day: str, rows: list[Row], topics: dict[str, dict[str, Any]], questions: int) -> dict[str, Any]:
    minutes = [row[2] for row in rows]
    entries = [
        {
            "key": key,
            "topic_id": topics.get(key, {}).get("topic_id"),
            "title": topics.get(key, {}).get("title", key),
            "minutes": each,
            "questions": share,
            "kind": kind,
        }
        for (_, key, each, kind), share in zip(rows, shared_questions(minutes, questions), strict=True)
    ]
    return {"date": day, "minutes": sum(minutes), "questions": questions, "entries": entries}
