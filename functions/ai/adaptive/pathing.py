"""A student's way through a course: its topics, what they have mastered of them, and the days that are left."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from lyceum.kit import clock
from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch, find
from lyceum.messages.spoken import percent, say
from lyceum.model.analytics.learners import TopicFigures
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access

from functions.ai.adaptive.path import MASTERED, Path, PathTopic, find_path
from functions.ai.adaptive.schemas import LearningPath, LeftOut, PathStep, PathWish

METHOD = "path-1"
_MOST_TOPICS = 200
_MOST_DAYS = 730
_UNIT = 10_000
_BEGUN = 0.4
_STRONG = 0.75


def find_way(caller: Principal, wish: PathWish) -> LearningPath:
    """Find the way through a course (3 storage requests, one more where it asks for other courses).

    Raises NotFound, Forbidden NOT_ENROLLED, and ValidationFailed for a day that has gone by.
    """
    today = clock.now().date()
    minutes = _minutes(wish, today)
    found, enrolment = batch_fetch(
        [Course.at(course_id=wish.course_id), Enrolment.at(course_id=wish.course_id, user_id=caller.user_id)]
    )
    course = course_access.visible(caller, found, enrolment)
    course_access.require_learning(caller, course, enrolment)
    topics = find(Topic, index="gsi1", course_id=wish.course_id, limit=_MOST_TOPICS).items
    figures = {each.topic_id: each for each in find(TopicFigures, user_id=caller.user_id, limit=_MOST_TOPICS).items
               if isinstance(each, TopicFigures)}  # fmt: skip
    path = find_path(graph(topics, {name: int(each.mastery) / _UNIT for name, each in figures.items()}), minutes)
    titles = {each.topic_id: str(each.title) for each in topics}
    return LearningPath(
        course_id=wish.course_id,
        method=METHOD,
        steps=_steps(path, titles, wish, today),
        left_out=[
            *(LeftOut(topic_id=each.topic_id, title=titles[each.topic_id], why="no_time") for each in path.no_time),
            *(LeftOut(topic_id=each.topic_id, title=titles[each.topic_id], why="mastered") for each in path.mastered),
        ],
        total_minutes=sum(each.minutes for each in path.order),
        available_minutes=minutes,
        missing_courses=_missing(caller.user_id, course),
    )


def _minutes(wish: PathWish, today: date) -> int | None:
    if wish.target_date is None:
        return None
    days = (wish.target_date - today).days
    if not 0 < days <= _MOST_DAYS:
        details = [Detail("targetDate", "It lies within the next two years.")]
        raise ValidationFailed("This day does not do.", details=details)
    return days * wish.minutes_a_day


def graph(topics: Sequence[Topic], mastery: Mapping[str, float]) -> list[PathTopic]:
    """Return topics with what they build on: of the topics before it, the last one with which it shares a tag.

    A topic weighs as much as the share of the course's questions that are of it, and at least a little.
    """
    questions = sum(int(each.question_count) for each in topics) or 1
    found: list[PathTopic] = []
    latest: dict[str, str] = {}
    for each in topics:
        after = tuple(dict.fromkeys(latest[tag] for tag in each.syllabus_tags if tag in latest))
        weight = 1 / len(topics) + int(each.question_count) / questions
        found.append(PathTopic(each.topic_id, weight, mastery.get(each.topic_id, 0.0), after))
        latest |= dict.fromkeys(each.syllabus_tags, each.topic_id)
    return found


def _steps(path: Path, titles: Mapping[str, str], wish: PathWish, today: date) -> list[PathStep]:
    steps, spent = [], 0
    inside = {each.topic_id for each in path.order}
    for position, topic in enumerate(path.order, start=1):
        spent += topic.minutes
        builds_on = [each for each in topic.after if each in inside]
        done_by = today + timedelta(days=-(-spent // wish.minutes_a_day)) if wish.target_date else None
        steps.append(
            PathStep(
                position=position,
                topic_id=topic.topic_id,
                title=titles[topic.topic_id],
                kind="learn" if topic.mastery < _BEGUN else "strengthen" if topic.mastery < _STRONG else "refresh",
                mastery=round(topic.mastery, 4),
                minutes=topic.minutes,
                done_by=done_by,
                builds_on=builds_on,
                reasons=_reasons(topic, [titles[each] for each in builds_on]),
            )
        )
    return steps


def _reasons(topic: PathTopic, builds_on: Sequence[str]) -> list[str]:
    reasons = [say("reason.mastery", share=percent(topic.mastery), enough=percent(MASTERED))]
    if builds_on:
        reasons.append(say("reason.builds_on", topics=", ".join(builds_on)))
    reasons.append(say("reason.takes", minutes=topic.minutes))
    return reasons


def _missing(user_id: str, course: Course) -> list[str]:
    wanted = sorted(course.prerequisite_ids or ())
    names = [Enrolment.at(course_id=each, user_id=user_id) for each in wanted]
    read = batch_fetch(names) if names else []
    done = {each.course_id for each in read if isinstance(each, Enrolment) and each.completed_at}
    return [each for each in wanted if each not in done]
