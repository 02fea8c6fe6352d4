"""Brings a course's topics from a table: new ones are made, known ones changed, and none is taken away.

Rows that are wrong are told and the others are written, 40 in a transaction. A second time changes nothing.
"""

import csv
import io
from collections import Counter
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from lyceum.kit import ids
from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.table import Unit, find_all
from lyceum.kit.values.spreadsheet import restored
from lyceum.kit.values.text import Line, RichText, Tag, normalise
from lyceum.model.audit import audit
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course

from functions.imports.schemas import AskTopicsImport, TopicRow, TopicsImport

MOST_TOPICS = 500
_TOGETHER = 40
_MOST_CELL = 131_072
_MOST_TOLD = 20
_COLUMNS = frozenset({"title", "order", "description", "tags"})
_NAMES = {"topic": "title", "name": "title", "position": "order", "number": "order", "syllabus_tags": "tags"}


class _Fields(BaseModel, defer_build=True):
    title: Line
    description: RichText | None = None
    order: Annotated[int, Field(ge=0, le=9999)] | None = None
    tags: Annotated[list[Tag], Field(max_length=30)] | None = None


def bring(wanted: AskTopicsImport) -> TopicsImport:
    """Write a syllabus, or say what writing it would do; raises NotFound for the course.

    Raises RuleViolation NO_TOPICS for a table without titles and TOO_MANY_TOPICS. Costs 2 storage requests and one for
    each 40 topics that are written.
    """
    course = Course.require(course_id=wanted.course_id)
    known = {normalise(topic.title): topic for topic in find_all(Topic, index="gsi1", course_id=course.course_id)}
    rows: list[TopicRow] = []
    changed: list[tuple[Topic, str]] = []
    named: dict[str, int] = {}
    header, lines = _read(wanted.text)
    for number, cells in lines:
        if len(rows) >= MOST_TOPICS:
            raise rule_violation("TOO_MANY_TOPICS", f"A table may have {MOST_TOPICS} topics at most.")
        given = dict(zip(header, cells, strict=False))
        row, topic = _refused(header, named, number, cells, given), None
        if row is None:
            row, topic = _row(course, known, number, given, place=len(rows) + 1)
        rows.append(row)
        if topic is not None and row.outcome in {"created", "updated"}:
            changed.append((topic, row.outcome))
    if not rows:
        raise _no_topics()
    if not wanted.dry_run:
        for start in range(0, len(changed), _TOGETHER):
            _write(changed[start : start + _TOGETHER])
    counts = Counter(row.outcome for row in rows)
    return TopicsImport(
        course_id=course.course_id,
        dry_run=wanted.dry_run,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        wrong=counts["wrong"],
        not_read=[name for name in header if name and name not in _COLUMNS][:_MOST_TOLD],
        rows=rows,
    )


def _read(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Read a table as its columns and its rows, each with its number; raises RuleViolation NO_TOPICS."""
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    csv.field_size_limit(_MOST_CELL)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator)
    try:
        (_, titles), *rows = [(number, cells) for number, cells in enumerate(reader, 1) if any(cells)]
    except (csv.Error, ValueError):
        raise _no_topics() from None
    names = [cell.strip().lower().replace(" ", "_") for cell in titles]
    header = [_NAMES.get(name, name) for name in names]
    if header.count("title") != 1:
        raise _no_topics()
    return header, [(number, [restored(cell.strip()) for cell in cells]) for number, cells in rows]


def _no_topics() -> RuleViolation:
    return rule_violation("NO_TOPICS", "The table names no topics: its header has to name title, once.")


def _refused(
    header: list[str], named: dict[str, int], number: int, cells: list[str], given: dict[str, str]
) -> TopicRow | None:
    """Tell a row that says more than can be taken: cells without a column, or a topic that another row names."""
    title = given.get("title", "")
    wrong = TopicRow(row=number, title=title[:200], outcome="wrong", field="title")
    if any(cells[len(header) :]):
        return wrong.model_copy(update={"field": "row", "message": "The row has more cells than the header."})
    earlier = named.setdefault(normalise(title), number)
    return wrong.model_copy(update={"message": f"Row {earlier} names it too."}) if earlier != number else None


def _row(
    course: Course, known: dict[str, Topic], number: int, given: dict[str, str], *, place: int
) -> tuple[TopicRow, Topic | None]:
    tags = [tag.strip() for tag in given.get("tags", "").split(";") if tag.strip()]
    values: dict[str, Any] = {name: given[name] for name in ("title", "description", "order") if given.get(name)}
    try:
        fields = _Fields.model_validate({"title": "", **values, **({"tags": tags} if tags else {})})
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        title = given.get("title", "")[:200]
        return TopicRow(row=number, title=title, outcome="wrong", field=field, message=first["msg"]), None
    topic = known.get(normalise(fields.title))
    told = fields.model_dump(exclude_none=True)
    told = {"syllabus_tags" if name == "tags" else name: value for name, value in told.items()}
    if topic is None:
        topic = Topic(
            topic_id=ids.new_id(),
            course_id=course.course_id,
            department_id=course.department_id,
            **{"order": place, **told},
        )
        known[normalise(fields.title)] = topic
        return TopicRow(row=number, title=fields.title, outcome="created", topic_id=topic.topic_id), topic
    differing = [name for name, value in told.items() if getattr(topic, name) != value]
    for name in differing:
        setattr(topic, name, told[name])
    outcome: Any = "updated" if differing and topic.version else "unchanged"
    return TopicRow(row=number, title=fields.title, outcome=outcome, topic_id=topic.topic_id), topic


def _write(changed: list[tuple[Topic, str]]) -> None:
    unit = Unit()
    for topic, outcome in changed:
        if outcome == "created":
            unit.create(topic)
        else:
            unit.replace(topic)
        verb = "create" if outcome == "created" else "update"
        unit.create(audit(f"topic.{verb}", topic.topic_id, before={}, after={}))
    unit.commit()
