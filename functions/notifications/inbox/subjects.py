"""What messages are about, by the names that people know: exams, topics, courses and their teachers."""

from collections.abc import Sequence

from lyceum.kit.table import batch_fetch
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

_MOST_TOPICS = 3


def of_course(course_id: str | None) -> dict[str, str]:
    """Name a course, its teacher and its time zone, as far as they are known and shown (2 storage requests)."""
    course = Course.fetch(course_id=course_id) if course_id else None
    if course is None:
        return {}
    teacher = User.fetch(user_id=course.instructor_id)
    named = {"courseTitle": str(course.title), "timeZone": str(course.time_zone)}
    return {**named, **({"teacherName": _name(teacher)} if teacher else {})}


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


def _name(user: User) -> str:
    is_shown = Preferences.of(user).privacy.show_last_name
    return f"{user.first_name} {user.last_name}" if is_shown else str(user.first_name)
