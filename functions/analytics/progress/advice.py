"""What needs work and what to do next, by plain rules; each piece names its rule and says why.

Need of a topic is what is missing of its mastery, weighed by how sure that is: `(1 - mastery) x n / (n + 5)` for `n`
answers. So a topic that was missed once does not stand before one that is missed again and again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lyceum.messages.spoken import percent, say
from lyceum.model.analytics.learners import TopicFigures
from lyceum.rules.learners.topic_mastery import FEWEST_ANSWERS, UNIT, mastery_view, summary_fields

from functions.analytics.progress import shares
from functions.analytics.progress.reading import Book
from functions.analytics.progress.schemas.advice import Recommendation, WeakArea

ASSUMED = 5
FADING = timedelta(days=21)
"""So long after the last answer a topic that was mastered is to be looked at again."""
_MOST_OF_A_RULE = 5


def need(topic: TopicFigures) -> float:
    """Return how much a topic needs work, from 0 to 1."""
    count = int(topic.observations)
    return float((1 - topic.mastery / UNIT) * count / (count + ASSUMED))


def weak_areas(topics: Sequence[TopicFigures], limit: int) -> list[WeakArea]:
    """Return the topics that are not strong, those most in need first."""
    wanted = [
        topic for topic in topics if topic.observations >= FEWEST_ANSWERS and mastery_view(topic).level != "strong"
    ]
    ordered = sorted(wanted, key=lambda topic: (-need(topic), topic.topic_id))
    return [
        WeakArea(**summary_fields(topic), reason=_why_weak(topic), needs=round(need(topic), 4))
        for topic in ordered[:limit]
    ]


def _why_weak(topic: TopicFigures) -> str:
    seen = mastery_view(topic)
    return say("reason.weak", share=percent(seen.estimate), answers=seen.evidence)


def recommend(book: Book, topics: Sequence[TopicFigures]) -> list[Recommendation]:
    """Return what to do next, the most useful first."""
    found = [*_of_today(book), *_weak(topics), *_fading(topics, book.now), *_unsure(topics)]
    if not topics:
        found.append(
            Recommendation(
                rule="begin",
                priority=1,
                reason=say("reason.begin"),
                questions=10,
            )
        )
    return sorted(found, key=lambda each: (each.priority, each.topic_id or ""))


def _of_today(book: Book) -> list[Recommendation]:
    found = []
    streak = book.streak
    if streak.current and not streak.is_today_counted:
        reason = say("reason.keep_streak", days=streak.current)
        found.append(Recommendation(rule="keep_streak", priority=1, reason=reason))
    questions, _, week_minutes = book.goals()
    monday = book.today - timedelta(days=book.today.weekday())
    goal = shares.goal(7 * questions, week_minutes, book.sums(monday, book.today))
    left = 7 - book.today.weekday()
    if not goal.is_met:
        missing = goal.questions_goal - goal.questions_done
        reason = say("reason.weekly_goal", missing=missing, left=left)
        found.append(Recommendation(rule="reach_weekly_goal", priority=4, reason=reason, questions=-(-missing // left)))
    return found


def _weak(topics: Sequence[TopicFigures]) -> list[Recommendation]:
    rows = weak_areas(topics, _MOST_OF_A_RULE)
    return [
        Recommendation(
            rule="weak_topic" if row.mastery.level == "weak" else "practise_more",
            priority=2 if row.mastery.level == "weak" else 5,
            reason=row.reason,
            topic_id=row.topic_id,
            title=row.title,
            course_id=row.course_id,
            questions=10,
        )
        for row in rows
    ]


def _fading(topics: Sequence[TopicFigures], now: datetime) -> list[Recommendation]:
    fading = [
        topic
        for topic in topics
        if mastery_view(topic).level == "strong" and topic.last_at is not None and topic.last_at < now - FADING
    ]
    return [
        Recommendation(
            rule="fading_topic",
            priority=3,
            reason=say("reason.fading", days=(now - topic.last_at).days),
            topic_id=topic.topic_id,
            title=topic.title,
            course_id=topic.course_id,
            questions=5,
        )
        for topic in sorted(fading, key=lambda topic: (topic.last_at, topic.topic_id))[:_MOST_OF_A_RULE]
        if topic.last_at is not None
    ]


def _unsure(topics: Sequence[TopicFigures]) -> list[Recommendation]:
    few = [topic for topic in topics if 0 < topic.observations < FEWEST_ANSWERS]
    return [
        Recommendation(
            rule="little_evidence",
            priority=6,
            reason=say("reason.unsure", answers=int(topic.observations)),
            topic_id=topic.topic_id,
            title=topic.title,
            course_id=topic.course_id,
            questions=5,
        )
        for topic in sorted(few, key=lambda topic: topic.topic_id)[:_MOST_OF_A_RULE]
    ]
