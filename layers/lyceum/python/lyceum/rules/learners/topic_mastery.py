"""How well a learner has mastered topics, and which of them are strong and weak."""

from collections.abc import Sequence
from typing import Any, Literal

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.table import find
from lyceum.model.analytics.learners import DIFFICULTIES, TopicFigures
from lyceum.rules.learners.learner_shares import Share, percent

UNIT = 10_000
"""Estimates are kept in ten-thousandths."""
WEAK, STRONG = 0.5, 0.85
"""Below the one a topic is weak, from the other on it is strong; between them it grows."""
FEWEST_ANSWERS = 3
"""With fewer nothing is said of a topic."""
MOST_TOPICS = 1000
_SHOWN = 5


class MasteryView(Schema):
    """The probability that a topic is mastered, with its interval and how many answers it rests on."""

    estimate: float
    low: float
    high: float
    evidence: int
    level: Literal["unknown", "weak", "growing", "strong"]


class TopicSummary(Schema):
    """A topic in short."""

    topic_id: str
    title: str | None = None
    course_id: str | None = None
    mastery: MasteryView
    questions: int
    accuracy_percent: Share = None
    last_at: Timestamp | None = None


def topics(user_id: str) -> Sequence[TopicFigures]:
    """Read a learner's topics (1 request)."""
    return find(TopicFigures, user_id=user_id, limit=MOST_TOPICS).items


def mastery_view(topic: TopicFigures) -> MasteryView:
    """Show how well a topic is mastered."""
    value, evidence = topic.mastery / UNIT, int(topic.observations)
    level = "weak" if value < WEAK else "strong" if value >= STRONG else "growing"
    return MasteryView(
        estimate=value,
        low=topic.mastery_low / UNIT,
        high=topic.mastery_high / UNIT,
        evidence=evidence,
        level=level if evidence >= FEWEST_ANSWERS else "unknown",
    )


def answered(topic: TopicFigures) -> tuple[float, int]:
    """Return the credit that answers of exams earned in a topic, a half for a partly right one, and their number."""
    right, partial, wrong = (
        sum(int(getattr(topic, f"{difficulty}_{outcome}")) for difficulty in DIFFICULTIES)
        for outcome in ("right", "partial", "wrong")
    )
    return right + partial / 2, right + partial + wrong


def summary_fields(topic: TopicFigures) -> dict[str, Any]:
    """Return what is shown of a topic in short."""
    right, count = answered(topic)
    return {
        "topic_id": topic.topic_id,
        "title": topic.title,
        "course_id": topic.course_id,
        "mastery": mastery_view(topic),
        "questions": count,
        "accuracy_percent": percent(right, count),
        "last_at": topic.last_at,
    }


def summary(topic: TopicFigures) -> TopicSummary:
    """Show a topic in short."""
    return TopicSummary(**summary_fields(topic))


def strengths(known: Sequence[TopicFigures]) -> list[TopicFigures]:
    """Return the topics that are mastered best, of those that are strong; five at most."""
    strong = [topic for topic in known if mastery_view(topic).level == "strong"]
    return sorted(strong, key=lambda topic: (-topic.mastery, -topic.observations, topic.topic_id))[:_SHOWN]


def weaknesses(known: Sequence[TopicFigures]) -> list[TopicFigures]:
    """Return the topics that are mastered least, of those that are weak; five at most."""
    weak = [topic for topic in known if mastery_view(topic).level == "weak"]
    return sorted(weak, key=lambda topic: (topic.mastery, -topic.observations, topic.topic_id))[:_SHOWN]
