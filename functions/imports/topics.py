"""Which topic a row belongs to: by its id, by its title within the import's course, or the import's own."""

from collections.abc import Iterable, Mapping
from typing import Any

from lyceum.kit.table import batch_fetch, find
from lyceum.kit.values.text import normalise
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course

from functions.imports.syntax.drafts import Draft

_ID_LENGTH = 26
_PAGE_SIZE = 500


class Topics:
    """The topics of an import, each read once."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self._default: str | None = defaults.get("topicId")
        self._course: str | None = defaults.get("courseId")
        self._known: dict[str, Topic | None] = {}
        self._levels: dict[str, int] = {}
        self._titles: dict[str, str] | None = None

    def fetch(self, topic_ids: Iterable[str]) -> None:
        """Read the topics that are not known yet, in one storage request for a hundred."""
        unknown = [topic_id for topic_id in dict.fromkeys(topic_ids) if topic_id not in self._known]
        if unknown:
            found = batch_fetch([Topic.at(topic_id=topic_id) for topic_id in unknown])
            self._known |= {
                name: topic if isinstance(topic, Topic) else None for name, topic in zip(unknown, found, strict=True)
            }

    def prepare(self, drafts: Iterable[Draft]) -> None:
        """Read what the topics of these drafts may be."""
        self.fetch(
            [*([self._default] if self._default else []), *(draft.topic for draft in drafts if _is_id(draft.topic))]
        )

    def of(self, draft: Draft) -> Topic | None:
        """Return a draft's topic, or note on it why it has none."""
        if draft.topic and not _is_id(draft.topic):
            chosen = self._titled(draft.topic)
            if chosen is None:
                draft.refuse(
                    "topic",
                    f"The course has no topic {draft.topic[:60]!r}." if self._course else "Name the topic by its id.",
                )
                return None
            return self.known(chosen)
        chosen = draft.topic or self._titled(draft.category) or self._default
        if not chosen:
            draft.refuse("topic", "The row names no topic and the import has none.")
        elif self.known(chosen) is None:
            draft.refuse("topic", "There is no such topic.")
        return self.known(chosen) if chosen else None

    def fetch_levels(self) -> None:
        """Read the levels of the topics' courses, in one storage request for a hundred."""
        courses = dict.fromkeys(topic.course_id for topic in self._known.values() if topic)
        found = batch_fetch([Course.at(course_id=course_id) for course_id in courses])
        known = [each for each in found if isinstance(each, Course) and each.level]
        self._levels = {course.course_id: int(course.level) for course in known}

    def level_of(self, topic: Topic) -> int | None:
        """Return the level of a topic's course, if levels were read and the course is there."""
        return self._levels.get(topic.course_id)

    def required(self, topic_id: str) -> Topic:
        """Return a topic that is known to be there; raises LookupError."""
        topic = self.known(topic_id)
        if topic is None:
            raise LookupError(topic_id)
        return topic

    def known(self, topic_id: str) -> Topic | None:
        """Return a topic that was read before, or None when there is none of this id."""
        return self._known.get(topic_id)

    def _titled(self, title: str) -> str | None:
        if not title or not self._course:
            return None
        if self._titles is None:
            found = find(Topic, index="gsi1", course_id=self._course, limit=_PAGE_SIZE).items
            self._titles = {normalise(topic.title): topic.topic_id for topic in found}
            self._known |= {topic.topic_id: topic for topic in found}
        return self._titles.get(normalise(title))


def _is_id(text: str) -> bool:
    return len(text) == _ID_LENGTH and text.isalnum() and text == text.upper()
