"""The fields of the filter language, and the keys of order; a name stays when it was given once."""

from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.search.filters import Field, Filter, parse

FIELDS = {
    "type": Field("type"),
    "difficulty": Field("difficulty"),
    "subject": Field("subject"),
    "tag": Field("tags"),
    "examBody": Field("exam_body"),
    "topicId": Field("topic_id"),
    "courseId": Field("course_id"),
    "departmentId": Field("department_id"),
    "authorId": Field("author_id"),
    "language": Field("language"),
    "gradeLevel": Field("grade_level"),
    "category": Field("category"),
    "year": Field("year", "number"),
    "level": Field("level", "number"),
    "marks": Field("marks", "number"),
    "rating": Field("rating", "number"),
    "attempts": Field("attempts", "number"),
    "successRate": Field("facility", "number"),
    "createdAt": Field("created_at", "date"),
}
"""By the name that callers use."""
SORTS = {
    "createdAt": "created_at",
    "year": "year",
    "marks": "marks",
    "level": "level",
    "attempts": "attempts",
    "successRate": "facility",
}
_MOST_KEYS = 3


def read_filter(text: str | None) -> Filter | None:
    """Read a filter; raises FilterInvalid, which names the place."""
    return parse(text, FIELDS) if text else None


def read_sort(text: str | None) -> tuple[str, ...]:
    """Read keys of order as the index has them; raises ValidationFailed for an unknown one, or too many."""
    keys = text.split(",") if text else []
    unknown = [key for key in keys if key.lstrip("-") not in SORTS]
    if unknown or len(keys) > _MOST_KEYS:
        wrong = f"is one to {_MOST_KEYS} of {', '.join(SORTS)}"
        raise ValidationFailed("There is no such order.", details=[Detail("sort", wrong)])
    return tuple(("-" if key.startswith("-") else "") + SORTS[key.lstrip("-")] for key in keys)
