"""Working figures out again: of one learner, from the entries, and these from the marks in force where there are any.

What is found is what the fold keeps up to date; a difference is a fault of one of them. It may run while events come:
what changes meanwhile is noticed, and the learner is done again.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from lyceum.kit.table import Entity, Unit, find, find_all, retry_on_conflict
from lyceum.model.analytics.learners import (
    OF_TOPIC,
    TOTALS,
    FigureEntry,
    LearnerFigures,
    TopicEvidence,
    TopicFigures,
    WeekFigures,
)
from lyceum.model.catalog import Topic
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User

from functions.analytics.figures import counting, ledger, mastery
from functions.analytics.figures.counting import Counts, Fact, add

Figures = dict[tuple[str, str], Counts]
"""Counters by kind of item and its name."""


def rebuild(user_id: str) -> int:
    """Write a learner's figures as they follow from entries and marks; returns how many items were not right."""
    _count_again(user_id)
    return retry_on_conflict(lambda: _write(user_id))


def _count_again(user_id: str) -> None:
    """Enter each exam whose result is released as it is marked now; what is entered so already stays."""
    for session in find_all(ExamSession, index="gsi2", user_id=user_id):
        if session.state == "finished" and session.released_at is not None and not session.is_preview:
            retry_on_conflict(partial(_enter_exam, session))


def _enter_exam(session: ExamSession) -> None:
    marks = ExamMarks.fetch(exam_id=session.exam_id, consistent=True)
    if marks is None or session.finished_at is None or marks.state != "final":
        return
    for fact in exam_facts(session, marks):
        unit = Unit()
        ledger.enter(unit, fact)
        unit.commit()


def exam_facts(session: ExamSession, marks: ExamMarks) -> list[Fact]:
    """Return the entries of a session as it is marked now."""
    whole = Fact(
        session.user_id,
        "exam",
        session.exam_id,
        session.finished_at,
        revision=int(marks.revision),
        title=session.title,
        course_id=session.course_id,
    )
    percent = None if session.percent is None else Decimal(session.percent)
    parts = counting.parts_of(list(session.topic_ids))
    return counting.of_exam(whole, marks.marks, percent, passed=bool(session.is_passed), parts=parts)


def expected(entries: Iterable[FigureEntry]) -> tuple[Figures, dict[str, list[Any]]]:
    """Return every counter as the sum of entries, and the evidence of each topic."""
    figures: Figures = {}
    evidence: dict[str, list[Any]] = {}
    for entry in entries:
        add(figures.setdefault(("all", ""), {}), ledger.totals_of(entry))
        week, counts = ledger.days_of(entry)
        add(figures.setdefault(("week", week), {}), counts)
        for topic_id, each in entry.topics.items():
            add(figures.setdefault(("topic", topic_id), {}), each)
        for topic_id in entry.evidence:
            figures.setdefault(("topic", topic_id), {})
            rows = evidence.get(topic_id, [])
            evidence[topic_id] = mastery.with_evidence(rows, *ledger.evidence_of(entry, topic_id))
    return figures, evidence


def _write(user_id: str) -> int:
    stored = {_name_of(item): item for item in _stored(user_id)}
    evidence_items = {item.topic_id: item for item in find_all(TopicEvidence, user_id=user_id, consistent=True)}
    figures, evidence = expected(find_all(FigureEntry, user_id=user_id, consistent=True))
    wrong = 0
    for name, counts in figures.items():
        item = stored.pop(name, None) or _new(user_id, name)
        rows = evidence.get(name[1], []) if name[0] == "topic" else []
        if _correct(item, counts, rows):
            wrong += 1
            Unit().save(item).commit()
        if name[0] == "topic" and rows:
            kept = evidence_items.pop(name[1], None) or TopicEvidence(user_id=user_id, topic_id=name[1])
            if kept.rows != rows:
                wrong, kept.rows = wrong + 1, rows
                Unit().save(kept).commit()
    for item in stored.values():
        if _correct(item, {}, []):
            wrong += 1
            Unit().save(item).commit()
    return wrong


def _stored(user_id: str) -> Iterable[Entity]:
    figures = LearnerFigures.fetch(user_id=user_id, consistent=True)
    return [
        *([figures] if figures else []),
        *find_all(WeekFigures, user_id=user_id, consistent=True),
        *find_all(TopicFigures, user_id=user_id, consistent=True),
    ]


def _name_of(item: Entity) -> tuple[str, str]:
    if isinstance(item, TopicFigures):
        return "topic", item.topic_id
    return ("week", item.week) if isinstance(item, WeekFigures) else ("all", "")


def _new(user_id: str, name: tuple[str, str]) -> Entity:
    kind, key = name
    if kind == "topic":
        topic = Topic.fetch(topic_id=key)
        known: dict[str, Any] = {"title": topic.title, "course_id": topic.course_id} if topic else {}
        return TopicFigures(user_id=user_id, topic_id=key, **known)
    return WeekFigures(user_id=user_id, week=key) if kind == "week" else LearnerFigures(user_id=user_id)


def counters(item: Entity) -> Counts:
    """Return every counter of an item that is not nothing."""
    names = (
        OF_TOPIC
        if isinstance(item, TopicFigures)
        else [name for name in item.get_attributes() if name.rpartition("_")[2].isdigit() or name in TOTALS]
    )
    return {name: int(getattr(item, name)) for name in names if int(getattr(item, name) or 0)}


def _correct(item: Entity, counts: Counts, rows: list[Any]) -> bool:
    """Bring an item in step with what is expected; says whether it was not."""
    wanted = {name: value for name, value in counts.items() if value}
    before = counters(item)
    for name in {*before, *wanted}:
        setattr(item, name, wanted.get(name, 0))
    if not isinstance(item, TopicFigures):
        return before != wanted
    was = (int(item.mastery), int(item.mastery_low), int(item.mastery_high), int(item.observations))
    if rows:
        ledger.follow(item, rows)
    return before != wanted or was != (item.mastery, item.mastery_low, item.mastery_high, item.observations)


def learners(after: Any = None) -> tuple[list[str], Any]:
    """Return a page of everybody's ids, and what the next one starts behind."""
    found = find(User, index="gsi1", after=after)
    return [user.user_id for user in found.items], found.last_key
