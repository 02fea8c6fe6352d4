"""Where a learner stands: the figures that their account, their profile and their analytics show alike."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from lyceum.kit.http import Schema
from lyceum.kit.table import Entity
from lyceum.model.analytics.learners import TOTALS, LearnerFigures, TopicFigures
from lyceum.model.study.learners import Learner
from lyceum.model.users.account import User
from lyceum.rules.learners import learner_days, topic_mastery
from lyceum.rules.learners.learner_shares import Share, mean, percent
from lyceum.rules.learners.topic_mastery import TopicSummary

_HOURS = 3


class Numbers(Schema):
    """What a learner did in all, and their days in a row as docs/study.md counts them."""

    total_study_time: Annotated[int, Field(description="In seconds.")]
    total_questions: int
    accuracy: Share = None
    average_score: Share = None
    current_streak: int
    longest_streak: int
    last_active_date: date | None = None
    preferred_study_hours: Annotated[list[int], Field(description="Hours of the local day, the likeliest first.")]


class Standing(Numbers):
    """A learner's numbers, and the topics that they have mastered best and least."""

    strengths: list[TopicSummary]
    weaknesses: list[TopicSummary]


def numbers(learner: Learner, figures: LearnerFigures, now: datetime, time_zone: str) -> Numbers:
    """Return a learner's numbers."""
    streak = learner_days.streak_of(learner, now, time_zone)
    count = {name: int(getattr(figures, name) or 0) for name in TOTALS}
    answers = count["right"] + count["partial"] + count["wrong"]
    return Numbers(
        total_study_time=count["study_seconds"],
        total_questions=answers,
        accuracy=percent(count["right"] + count["partial"] / 2, answers),
        average_score=mean(count["percent_sum"], count["exams"]),
        current_streak=streak.current,
        longest_streak=streak.longest,
        last_active_date=streak.last_active_on,
        preferred_study_hours=preferred_hours(figures),
    )


def stored_numbers(user: User, learner: Entity | None, figures: Entity | None, now: datetime) -> Numbers:
    """Return the numbers of a user by what is stored of them as a learner, which may be nothing."""
    return numbers(
        learner if isinstance(learner, Learner) else Learner(user_id=user.user_id),
        figures if isinstance(figures, LearnerFigures) else LearnerFigures(user_id=user.user_id),
        now,
        user.time_zone,
    )


def standing_fields(shown: Numbers, topics: Sequence[TopicFigures]) -> dict[str, Any]:
    """Return what `Standing` holds, of a learner's numbers and topics."""
    return {
        **dict(shown),
        "strengths": [topic_mastery.summary(topic) for topic in topic_mastery.strengths(topics)],
        "weaknesses": [topic_mastery.summary(topic) for topic in topic_mastery.weaknesses(topics)],
    }


def preferred_hours(figures: LearnerFigures) -> list[int]:
    """Return the hours of the local day at which most was done, three at most."""
    counts = {hour: int(getattr(figures, f"hour_{hour}")) for hour in range(24)}
    liked = sorted((hour for hour, count in counts.items() if count), key=lambda hour: (-counts[hour], hour))
    return liked[:_HOURS]
