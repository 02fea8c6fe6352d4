"""Which stored items are found, told by their records in the table's stream.

A record that changes nothing of what is indexed orders nothing: counters of a course do not touch its document. Whoever
adds something to be found names its kind here, and says in `lyceum.search.projections` what is found of it.
"""

from collections.abc import Mapping
from typing import Any

from lyceum.kit import context
from lyceum.kit.frozen import frozen
from lyceum.tasks.search import RefreshDocument


@frozen
class Source:
    """A kind of stored items.

    Attributes:
        kind: The kind of document that it belongs to.
        id_name: The attribute with that document's id.
        fields: The attributes that are indexed, or decide who finds it.
        parts: Those of them that also concern what belongs to it.
        doubling: Whether the fields are counts, which are worth a change only when one has doubled.
    """

    kind: str
    id_name: str
    fields: tuple[str, ...]
    parts: tuple[str, ...] = ()
    doubling: bool = False


SOURCES = {
    "question": Source(
        "question",
        "question_id",
        (
            "status", "stem", "content", "embargoed_until", "topic_id", "course_id", "department_id", "level",
            "subject", "author_id", "type", "difficulty", "marks", "tags", "year", "exam_body", "source",
        ),
    ),
    "question_statistics": Source("question", "question_id", ("attempts",), doubling=True),
    "topic": Source("topic", "topic_id", ("title", "description", "course_id", "department_id", "syllabus_tags")),
    "course": Source(
        "course",
        "course_id",
        (
            "status", "title", "description", "code", "level", "department_id", "category", "difficulty",
            "instructor_id", "emptied_at",
        ),
        parts=("status", "title", "emptied_at"),
    ),
    "lesson": Source("lesson", "lesson_id", ("title", "summary", "format", "is_preview", "course_id")),
    "lesson_body": Source("lesson", "lesson_id", ("body",)),
    "content_item": Source(
        "content",
        "content_id",
        (
            "state", "title", "description", "subject", "grade_level", "topic_id", "language", "tags", "type",
            "search_text", "published_at",
        ),
    ),
    "product": Source(
        "product",
        "product_id",
        (
            "state", "title", "description", "category_id", "tags", "currency", "price_from", "price_to", "pictures",
            "rating_sum", "rating_count", "sales",
        ),
    ),
    "help_question": Source(
        "help_question", "question_id", ("title", "text", "subject", "grade_level", "language", "held")
    ),
    "offer": Source(
        "offer",
        "offer_id",
        (
            "state", "title", "description", "type", "seller_id", "currency", "price", "rating_sum", "rating_count",
            "sales",
        ),
    ),
}  # fmt: skip
"""By the stored kind of an item."""


def refresh_of(record: Mapping[str, Any]) -> RefreshDocument | None:
    """Return the order that follows from a record of the table's stream, None when nothing that is found changed."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage"), images.get("OldImage")
    image = new or old or {}
    source = SOURCES.get(image.get("kind", {}).get("S", ""))
    if source is None or source.id_name not in image or "tenant" not in image:
        return None
    differ = _have_doubled if source.doubling else _differ
    if new and old and not differ(new, old, source.fields):
        return None
    item_id, tenant = image[source.id_name]["S"], image["tenant"]["S"]
    version = int(image.get("version", {}).get("N", 0)) + (0 if new else 1)
    return RefreshDocument(
        tenant=tenant,
        actor="search",
        correlation_id=context.current().correlation_id,
        kind=source.kind,
        item_id=item_id,
        item_version=version,
        concerns_parts=bool(source.parts) and (not new or not old or _differ(new, old, source.parts)),
    )


def _differ(new: Mapping[str, Any], old: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(new.get(name) != old.get(name) for name in names)


def _have_doubled(new: Mapping[str, Any], old: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Say whether a count has passed a power of two."""
    return any(_bits(new, name) != _bits(old, name) for name in names)


def _bits(image: Mapping[str, Any], name: str) -> int:
    return int(image.get(name, {}).get("N", 0)).bit_length()
