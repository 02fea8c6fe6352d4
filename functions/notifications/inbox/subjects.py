"""What messages are about, by the names that people know: exams, topics, courses."""

from collections.abc import Sequence

from lyceum.kit.table import batch_fetch
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course

_MOST_TOPICS = 3


def of_course(course_id: str | None) -> dict[str, str]:
    """Name a course and its time zone, and whose it is, as far as it is known (1 storage request)."""
    course = Course.fetch(course_id=course_id) if course_id else None
    if course is None:
        return {}
    named = {"courseTitle": str(course.title), "timeZone": str(course.time_zone)}
    return {**named, **({"teacherId": str(course.instructor_id)} if course.instructor_id else {})}


def of_exam(title: str | None, topic_ids: Sequence[str]) -> str | None:
    """Name an exam: by the title it was published under, else by its topics (1 storage request)."""
    return title or of_topics(topic_ids)


def of_topics(topic_ids: Sequence[str]) -> str | None:
    """Name topics, the first few of them; None when none is known (1 storage request)."""
    names = [Topic.at(topic_id=topic_id) for topic_id in topic_ids[:_MOST_TOPICS]]
    titles = [str(topic.title) for topic in batch_fetch(names) if isinstance(topic, Topic)] if names else []
    if not titles:
        return None
    return ", ".join(titles) + (" …" if len(topic_ids) > _MOST_TOPICS else "")
