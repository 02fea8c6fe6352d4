"""How questions do in finished exams: folded in from events, each session once and in the latest revision of its marks.

A grade or a regrade takes what was counted before off again and adds what stands now, in the same transactions. What
sessions add to their questions is written a batch at a time (`Aggregator`).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from pynamodb.expressions.update import Action

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit import clock
from lyceum.kit.consumers.aggregator import Aggregator, Entry
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.totals import additions
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch, write_many
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import CalibrationBacklog, QuestionStatistics, ResponsePattern, SolvedQuestions
from lyceum.rules import revisions

from functions.questions.statistics import UNIT, time_step

consumer = Consumer("questions-statistics")
handler = consumer.handler
aggregator = Aggregator(consumer.name)
_QUESTIONS_AN_ENTRY = 50
_PATTERNS_KEPT = timedelta(days=365)
_PATTERNS_A_BATCH = 100
"""Of one topic. An estimate reads the latest 400, so a crowd needs not leave all of them."""
Mark = Mapping[str, Any]
Ended = ExamCompleted | ExamGraded
Stored = ExamMarks | MarksRevision | None


class _Counted(NamedTuple):
    """One answer as it is counted (1) or taken off (-1), with the share of the other marks of its paper."""

    mark: Mark
    rest: int | None
    sign: int


class _Session(NamedTuple):
    """What one event tells: the marks as they stand in its revision, and what is counted and taken off.

    `is_latest`: no later revision has replaced them.
    """

    event: Ended
    marks: list[Mark]
    counted: list[_Counted]
    is_latest: bool


@consumer.gather(ExamCompleted)
def count(events: Sequence[ExamCompleted]) -> None:
    """Add finished sessions' answers to the statistics of their questions, but for those that wait for a grader."""
    stored = revisions.marks_of_many([(event.exam_id, event.revision) for event in events])
    sessions = []
    for event in events:
        now = stored[event.exam_id, event.revision]
        marks = _judged(now, is_complete=event.percent is not None)
        sessions.append(_Session(event, marks, _counted(marks, 1), isinstance(now, ExamMarks)))
    _count(sessions)


@consumer.gather(ExamGraded)
def recount(events: Sequence[ExamGraded]) -> None:
    """Count the answers of sessions as they are marked now, in place of what was counted of them before."""
    named = [(event.exam_id, event.revision) for event in events]
    named += [(event.exam_id, event.earlier_revision) for event in events if event.earlier_revision is not None]
    stored = revisions.marks_of_many(named)
    sessions = []
    for event in events:
        now = stored[event.exam_id, event.revision]
        marks = _judged(now)
        if event.earlier_revision is None:
            before = _judged(now, is_complete=False)
        else:
            before = _judged(stored[event.exam_id, event.earlier_revision])
        counted = [*_counted(before, -1), *_counted(marks, 1)]
        sessions.append(_Session(event, marks, counted, isinstance(now, ExamMarks)))
    _count(sessions)


@consumer.on(ExamReleased)
def note_solved(event: ExamReleased, unit: Unit) -> None:
    """Note what a student has solved, now that it may be told."""
    marks = _judged(revisions.marks_of(event.exam_id, event.revision))
    known = _statistics_of([mark["question_id"] for mark in marks])
    for item, actions in _solved(event, _by_topic(marks, known)):
        unit.change(item, *actions, or_create=True)


def _judged(stored: Stored, *, is_complete: bool = True) -> list[Mark]:
    """Return the marks of one revision, as it was complete or before a grader had looked at it.

    A session that was removed meanwhile has none.
    """
    if stored is None:
        return []
    graded = set() if is_complete else set(stored.grades)
    judged = [mark for mark in stored.marks if mark["outcome"] != "pending" and Fraction(mark["max_score"])]
    return [mark for mark in judged if mark["question_id"] not in graded]


def _counted(marks: Sequence[Mark], sign: int) -> list[_Counted]:
    rests = _rests(marks)
    return [_Counted(mark, rests[mark["question_id"]], sign) for mark in marks]


Parts = Mapping[str, list[_Counted]]
"""Answers by question."""


def _count(sessions: Sequence[_Session]) -> None:
    """Fold sessions into the statistics of their questions; then leave patterns, and what each student has solved."""
    known = _statistics_of(sorted({each.mark["question_id"] for session in sessions for each in session.counted}))
    aggregator.fold((entry for session in sessions for entry in _entries(session)), partial(_add, known))
    topics = [(session, _by_topic(session.marks, known)) for session in sessions]
    _keep_patterns([(session.event.exam_id, answers) for session, answers in topics if session.is_latest])
    for session, answers in topics:
        if session.event.is_released:
            with consumer.part(session.event, len(list(_entries(session)))) as unit:
                for item, actions in _solved(session.event, answers):
                    unit.change(item, *actions, or_create=True)


def _entries(session: _Session) -> Iterator[Entry[Parts]]:
    """Return what a session adds, in parts that each fit a transaction.

    Questions stand in the order of their ids, so that sessions of one paper have the same parts.
    """
    by_question: dict[str, list[_Counted]] = defaultdict(list)
    for each in session.counted:
        by_question[each.mark["question_id"]].append(each)
    names = sorted(by_question)
    for number, start in enumerate(range(0, len(names), _QUESTIONS_AN_ENTRY)):
        part = {name: by_question[name] for name in names[start : start + _QUESTIONS_AN_ENTRY]}
        yield Entry(f"{session.event.event_id}.{number}", part, frozenset(part))


def _add(known: Mapping[str, QuestionStatistics], parts: Sequence[Parts], unit: Unit) -> None:
    """Change the statistics of questions by what several sessions add."""
    by_question: dict[str, list[_Counted]] = defaultdict(list)
    for part in parts:
        for name, counted in part.items():
            by_question[name] += counted
    for name, counted in by_question.items():
        unit.change(known[name], *_additions(counted), *_place(known[name], counted))


def _statistics_of(question_ids: Sequence[str]) -> dict[str, QuestionStatistics]:
    """Read the statistics of questions; make those of questions met for the first time, in the place of their topic."""
    names = {name: QuestionStatistics.at(question_id=name) for name in question_ids}
    found = {
        each.question_id: each for each in batch_fetch(list(names.values())) if isinstance(each, QuestionStatistics)
    }
    new = [name for name in names if name not in found]
    for name, question in zip(new, batch_fetch([Question.at(question_id=name) for name in new]), strict=True):
        made = QuestionStatistics(question_id=name)
        if isinstance(question, Question):
            made.topic_id, made.course_id = question.topic_id, question.course_id
        with suppress(Conflict):  # another session has made it meanwhile
            Unit().create(made).commit()
        found[name] = made
    return found


def _credit(mark: Mark) -> int:
    """Return the part of its marks that an answer earned, in ten-thousandths; a penalty is no credit."""
    return (
        max(0, round(Fraction(mark["score"]) / Fraction(mark["max_score"]) * UNIT)) if mark["outcome"] != "blank" else 0
    )


def _rests(marks: Sequence[Mark]) -> dict[str, int | None]:
    """Return by question the share of all other marks that was earned, in ten-thousandths; None of one alone."""
    worth = {mark["question_id"]: Fraction(mark["max_score"]) for mark in marks}
    earned = {mark["question_id"]: worth[mark["question_id"]] * _credit(mark) for mark in marks}
    all_worth, all_earned = sum(worth.values(), Fraction(0)), sum(earned.values(), Fraction(0))
    return {
        name: round((all_earned - earned[name]) / (all_worth - worth[name])) if all_worth > worth[name] else None
        for name in worth
    }


def _additions(counted: Sequence[_Counted]) -> list[Action]:
    """Return the changes of one question's counters; those that cancel out are left out."""
    sums: dict[str, int] = defaultdict(int)
    for mark, rest, sign in counted:
        for name, value in (*_sums_of(mark, rest), *_counts_of(mark)):
            sums[name] += sign * value
    return additions(QuestionStatistics, {name: value for name, value in sums.items() if value or name == "attempts"})


def _sums_of(mark: Mark, rest: int | None) -> Iterator[tuple[str, int]]:
    credit = _credit(mark)
    yield "attempts", 1
    yield "correct", int(mark["outcome"] == "right")
    yield "skipped", int(mark["outcome"] == "blank")
    yield "credit_sum", credit
    yield "time_spent_seconds", int(mark["time_spent_seconds"])
    if rest is not None:
        yield "paired", 1
        yield "item_sum", credit
        yield "item_squares", credit * credit
        yield "rest_sum", rest
        yield "rest_squares", rest * rest
        yield "products", credit * rest


def _counts_of(mark: Mark) -> Iterator[tuple[str, int]]:
    seconds = int(mark["time_spent_seconds"])
    if mark["outcome"] != "blank" and seconds:  # a client that tells no time tells nothing of the median
        yield f"times.{time_step(seconds)}", 1
    for option_id in mark.get("response", {}).get("option_ids", []):
        yield f"choices.{option_id}", 1


def _place(found: QuestionStatistics, counted: Sequence[_Counted]) -> Iterator[Action]:
    """Put a question where it belongs among those missed most, as far as is known without reading again.

    What is known counts on, for those that follow in the same batch.
    """
    attempts = int(found.attempts) + sum(each.sign for each in counted)
    correct = int(found.correct) + sum(each.sign for each in counted if each.mark["outcome"] == "right")
    missed = f"{100 * (attempts - correct) // attempts:03d}" if attempts > 0 else None
    found.attempts, found.correct = attempts, correct
    if found.topic_id is None or missed is None or missed == found.missed:
        return
    found.missed = missed
    found.fill_keys()
    for name in ("missed", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"):
        yield getattr(QuestionStatistics, name).set(getattr(found, name))


Topics = Mapping[str, Mapping[str, int]]


def _by_topic(marks: Sequence[Mark], known: Mapping[str, QuestionStatistics]) -> Topics:
    """Return for each topic which of its questions were answered right (1) and which not (0)."""
    topics: dict[str, dict[str, int]] = defaultdict(dict)
    for mark in marks:
        topic_id = known[mark["question_id"]].topic_id
        if topic_id:
            topics[topic_id][mark["question_id"]] = int(mark["outcome"] == "right")
    return topics


def _keep_patterns(sessions: Sequence[tuple[str, Topics]]) -> None:
    """Leave for each topic the patterns of right and wrong, and the mark that it has new answers.

    Of a crowd some are left, chosen by the digest of their ids. That what stands there is written again does no harm.
    """
    until = int((clock.now() + _PATTERNS_KEPT).timestamp())
    by_topic: dict[str, list[ResponsePattern]] = defaultdict(list)
    for exam_id, topics in sorted(sessions, key=lambda each: hashlib.sha256(each[0].encode()).digest()):
        for topic_id, answers in topics.items():
            pattern = ResponsePattern(topic_id=topic_id, exam_id=exam_id, answers=answers, ttl=until)
            by_topic[topic_id].append(pattern)
    for topic_id, patterns in sorted(by_topic.items()):
        write_many(patterns[:_PATTERNS_A_BATCH])
        backlog = CalibrationBacklog.at(topic_id=topic_id)
        Unit().change(backlog, CalibrationBacklog.topic_id.set(topic_id), or_create=True).commit()


def _solved(event: ExamCompleted | ExamGraded, topics: Topics) -> Iterator[tuple[Any, list[Action]]]:
    """Yield for each topic what its student has solved."""
    for topic_id, answers in topics.items():
        solved = {name for name, is_right in answers.items() if is_right}
        if solved:
            owner = [SolvedQuestions.user_id.set(event.user_id), SolvedQuestions.topic_id.set(topic_id)]
            yield (
                SolvedQuestions.at(user_id=event.user_id, topic_id=topic_id),
                [*owner, SolvedQuestions.question_ids.add(solved)],
            )
