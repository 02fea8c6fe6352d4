"""The topics of a study plan: of a course or named by the student, with what is mastered of each."""

from collections.abc import Sequence
from typing import Any

from lyceum.kit.errors import Detail, NotFound, ValidationFailed, rule_violation
from lyceum.kit.table import batch_fetch, find
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.exams.statistics import Performance
from lyceum.model.study.plans import StudyPlan

from functions.study.plans.schemas import (
    MakePlan,
    TopicWish,
)

_PRIOR_QUESTIONS = 5
"""As many wrong answers are assumed before the first, so that a few right ones do not count as mastery."""
_MINUTES_PER_QUESTION = 2
_LEAST_SYLLABUS_MINUTES = 60
_MOST_SYLLABUS_MINUTES = 240
_MOST_TOPICS = 200


def of_plan(wanted: MakePlan) -> tuple[list[dict[str, Any]], str | None]:
    """Return the topics of a new plan and its course's title.

    Raises NotFound for a course that there is not, ValidationFailed for topics that do not fit, and a rule violation
    for a course without topics.
    """
    if wanted.course_id is None:
        if wanted.topics is None:
            raise ValidationFailed("A plan needs topics.", details=[Detail("topics", "Name topics, or a course.")])
        return named(wanted.topics, None), None
    course = Course.require(course_id=wanted.course_id)
    if course.status != "published":
        raise NotFound("There is no such course.")
    if wanted.topics is not None:
        return named(wanted.topics, wanted.course_id), course.title
    syllabus = find(Topic, index="gsi1", course_id=wanted.course_id, limit=_MOST_TOPICS).items
    if not syllabus:
        raise rule_violation("NO_TOPICS", "This course has no topics yet; name your own.")
    return [_of_syllabus(topic) for topic in syllabus], course.title


def _of_syllabus(topic: Topic) -> dict[str, Any]:
    """Return a topic of the catalogue with an estimate by how much there is to practise."""
    minutes = int(topic.question_count) * _MINUTES_PER_QUESTION
    return _topic(topic.topic_id, topic.topic_id, topic.title, 3, _within(minutes), [])


def _within(minutes: int) -> int:
    return max(_LEAST_SYLLABUS_MINUTES, min(_MOST_SYLLABUS_MINUTES, minutes))


def _topic(
    key: str, topic_id: str | None, title: str, priority: int, minutes: int, after: Sequence[str]
) -> dict[str, Any]:
    return {
        "key": key,
        "topic_id": topic_id,
        "title": title,
        "priority": priority,
        "minutes": minutes,
        "after": list(after),
        "mastery": 0.0,
        "done_on": None,
    }


def named(wishes: Sequence[TopicWish], course_id: str | None) -> list[dict[str, Any]]:
    """Return the topics that were named; those of the catalogue are looked up in one request for each hundred.

    Raises ValidationFailed for those that do not fit.
    """
    known = {
        topic.topic_id: topic
        for topic in batch_fetch([Topic.at(topic_id=wish.topic_id) for wish in wishes if wish.topic_id])
        if isinstance(topic, Topic)
    }
    wrong = [
        Detail(f"topics[{number}].topicId", "There is no such topic.")
        for number, wish in enumerate(wishes)
        if wish.topic_id is not None and _is_foreign(known.get(wish.topic_id), course_id)
    ]
    keys = [wish.key or wish.topic_id or f"t{number + 1}" for number, wish in enumerate(wishes)]
    wrong += [
        Detail(f"topics[{number}].key", "This key is there twice.")
        for number, key in enumerate(keys)
        if key in keys[:number]
    ]
    wrong += [
        Detail(f"topics[{number}].after", f"The plan has no topic {key}.")
        for number, wish in enumerate(wishes)
        for key in wish.after
        if key not in keys
    ]
    if wrong:
        raise ValidationFailed("Some topics do not fit.", details=wrong)
    return [
        _topic(
            key,
            wish.topic_id,
            wish.title or known[str(wish.topic_id)].title,
            wish.priority,
            wish.estimated_minutes,
            wish.after,
        )
        for key, wish in zip(keys, wishes, strict=True)
    ]


def _is_foreign(topic: Topic | None, course_id: str | None) -> bool:
    return topic is None or (course_id is not None and topic.course_id != course_id)


def performances_of(user_id: str, topics: Sequence[dict[str, Any]]) -> list[Performance]:
    """Name how the student did in each topic of the catalogue, to be read along with other things."""
    return [
        Performance.at(user_id=user_id, respect="topic", name=topic["topic_id"])
        for topic in topics
        if topic["topic_id"] is not None
    ]


def note_mastery(plan: StudyPlan, performances: Sequence[Performance]) -> None:
    """Note how much of each topic is mastered: right answers, half of partial ones, over all and five wrong ones."""
    mastery = {
        each.name: (int(each.right) + int(each.partial) / 2) / (int(each.questions) + _PRIOR_QUESTIONS)
        for each in performances
    }
    for topic in plan.topics:
        topic["mastery"] = round(min(1.0, max(0.0, mastery.get(topic["topic_id"], 0.0))), 3)
