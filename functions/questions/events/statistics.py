"""How questions do in finished exams: folded in from events, each session once and in the latest revision of its marks.

A grade or a regrade takes what was counted before off again and adds what stands now, in the same transactions.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from pynamodb.expressions.update import Action

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import CalibrationBacklog, QuestionStatistics, ResponsePattern, SolvedQuestions
from lyceum.rules import revisions

from functions.questions.statistics import UNIT, time_step

consumer = Consumer("questions-statistics")
handler = consumer.handler
_QUESTIONS_A_PART = 50
_PATTERNS_KEPT = timedelta(days=365)
Mark = Mapping[str, Any]


class _Counted(NamedTuple):
    """One answer as it is counted (1) or taken off (-1), with the share of the other marks of its paper."""

    mark: Mark
    rest: int | None
    sign: int


@consumer.on(ExamCompleted)
def count(event: ExamCompleted, _unit: Unit) -> None:
    """Add a finished session's answers to the statistics of its questions, but for those that wait for a grader."""
    marks = _marks(event.exam_id, event.revision, is_complete=event.percent is not None)
    _count(event, marks, _counted(marks, 1))


@consumer.on(ExamGraded)
def recount(event: ExamGraded, _unit: Unit) -> None:
    """Count the answers of a session as they are marked now, in place of what was counted of it before."""
    marks = _marks(event.exam_id, event.revision)
    if event.earlier_revision is None:
        before = _marks(event.exam_id, event.revision, is_complete=False)
    else:
        before = _marks(event.exam_id, event.earlier_revision)
    _count(event, marks, [*_counted(before, -1), *_counted(marks, 1)])


@consumer.on(ExamReleased)
def note_solved(event: ExamReleased, unit: Unit) -> None:
    """Note what a student has solved, now that it may be told."""
    marks = _marks(event.exam_id, event.revision)
    known = _statistics_of([mark["question_id"] for mark in marks])
    for item, actions in _solved(event, _by_topic(marks, known)):
        unit.change(item, *actions, or_create=True)


def _marks(exam_id: str, revision: int, *, is_complete: bool = True) -> list[Mark]:
    """Read one revision of a session's marks, as it was complete or before a grader had looked at it.

    A session that was removed meanwhile has none.
    """
    stored = revisions.marks_of(exam_id, revision)
    if stored is None:
        return []
    graded = set() if is_complete else set(stored.grades)
    judged = [mark for mark in stored.marks if mark["outcome"] != "pending" and Fraction(mark["max_score"])]
    return [mark for mark in judged if mark["question_id"] not in graded]


def _counted(marks: Sequence[Mark], sign: int) -> list[_Counted]:
    rests = _rests(marks)
    return [_Counted(mark, rests[mark["question_id"]], sign) for mark in marks]


def _count(event: ExamCompleted | ExamGraded, marks: Sequence[Mark], counted: Sequence[_Counted]) -> None:
    """Change the statistics of a session's questions in parts that fit a transaction; make those that are missing."""
    by_question: dict[str, list[_Counted]] = defaultdict(list)
    for each in counted:
        by_question[each.mark["question_id"]].append(each)
    known = _statistics_of(list(by_question))
    names = list(by_question)
    parts = [names[start : start + _QUESTIONS_A_PART] for start in range(0, len(names), _QUESTIONS_A_PART)]
    for number, part in enumerate(parts):
        with consumer.part(event, number) as unit:
            for name in part:
                unit.change(known[name], *_additions(by_question[name]), *_place(known[name], by_question[name]))
    topics = _by_topic(marks, known)
    with consumer.part(event, len(parts)) as unit:
        for item, actions in (*_patterns(event, topics), *(_solved(event, topics) if event.is_released else ())):
            unit.change(item, *actions, or_create=True)


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
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for mark, rest, sign in counted:
        for name, value in _sums_of(mark, rest):
            sums[name] += sign * value
        for place in _counts_of(mark):
            counts[place] += sign
    table = QuestionStatistics
    added = [getattr(table, name).add(value) for name, value in sums.items() if value or name == "attempts"]
    return added + [
        table.part(*place).set((table.part(*place) | 0) + value) for place, value in counts.items() if value
    ]


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


def _counts_of(mark: Mark) -> Iterator[tuple[str, str]]:
    seconds = int(mark["time_spent_seconds"])
    if mark["outcome"] != "blank" and seconds:  # a client that tells no time tells nothing of the median
        yield "times", time_step(seconds)
    for option_id in mark.get("response", {}).get("option_ids", []):
        yield "choices", option_id


def _place(found: QuestionStatistics, counted: Sequence[_Counted]) -> Iterator[Action]:
    """Put a question where it belongs among those missed most, as far as is known without reading again."""
    attempts = int(found.attempts) + sum(each.sign for each in counted)
    correct = int(found.correct) + sum(each.sign for each in counted if each.mark["outcome"] == "right")
    missed = f"{100 * (attempts - correct) // attempts:03d}" if attempts > 0 else None
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


def _patterns(event: ExamCompleted | ExamGraded, topics: Topics) -> Iterator[tuple[Any, list[Action]]]:
    """Yield for each topic the pattern of right and wrong, and the mark that it has new answers."""
    until = int((clock.now() + _PATTERNS_KEPT).timestamp())
    for topic_id, answers in topics.items():
        pattern = {"topic_id": topic_id, "exam_id": event.exam_id, "answers": answers, "ttl": until}
        yield (
            ResponsePattern.at(topic_id=topic_id, exam_id=event.exam_id),
            [getattr(ResponsePattern, name).set(value) for name, value in pattern.items()],
        )
        yield CalibrationBacklog.at(topic_id=topic_id), [CalibrationBacklog.topic_id.set(topic_id)]


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
