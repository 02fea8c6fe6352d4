"""What each user's questions became, an item for each: met at the end of a session, judged once its result is released.

Of a result that is complete but kept back both wait for the release: so each question is written once.

The first complete and released result counts as it is; a grade or a ruling after that takes off what was counted of the
revision before, in the same transaction. A question that nobody judged right any more is solved no more.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.expressions.update import Action

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.questions.statistics import QuestionHistory, SolvedQuestions
from lyceum.rules import revisions

consumer = Consumer("questions-history")
handler = consumer.handler
_QUESTIONS_A_PART = 45
Mark = Mapping[str, Any]


@consumer.on(ExamCompleted)
def meet(event: ExamCompleted, _unit: Unit) -> None:
    """Note that a student met the questions of a session and, where the result may be told, what became of them.

    Of a complete result that is kept back both are noted at once, when it is released.
    """
    is_told = event.is_released and event.percent is not None
    if is_told or event.percent is None:
        marks = _marks(event.exam_id, event.revision)
        _note(event, marks, judged=marks if is_told else (), earlier=(), met=marks)


@consumer.on(ExamGraded)
def judge_again(event: ExamGraded, _unit: Unit) -> None:
    """Count a released result as it is marked now, in place of what was counted of it before."""
    if not event.is_released:
        return
    earlier = [] if event.earlier_revision is None else _marks(event.exam_id, event.earlier_revision)
    judged = [] if event.percent is None else _marks(event.exam_id, event.revision)
    _note(event, [*judged, *earlier], judged=judged, earlier=earlier)


@consumer.on(ExamReleased)
def judge(event: ExamReleased, _unit: Unit) -> None:
    """Count a result that may be told from now on."""
    if event.percent is not None:
        stored = revisions.marks_of(event.exam_id, event.revision)
        if stored is not None:
            _note(event, stored.marks, judged=stored.marks, earlier=(), met=_not_met(event, stored))


def _not_met(event: ExamReleased, stored: ExamMarks | MarksRevision) -> Sequence[Mark]:
    """Return the questions that were not noted at the session's end, as they are where some waited for a grader."""
    marks: list[Mark] = list(stored.marks)
    if stored.grades:
        return []
    if event.revision == 1 and not stored.rulings:
        return marks
    found = batch_fetch([_item(event.user_id, mark) for mark in marks], consistent=True)
    known = [isinstance(each, QuestionHistory) and each.last_exam_id == event.exam_id for each in found]
    return [mark for mark, is_known in zip(marks, known, strict=True) if not is_known]


def _marks(exam_id: str, revision: int) -> list[Mark]:
    """Read one revision of a session's marks; a session that was removed meanwhile has none."""
    stored = revisions.marks_of(exam_id, revision)
    return list(stored.marks) if stored is not None else []


def _note(
    event: ExamCompleted | ExamGraded,
    marks: Sequence[Mark],
    *,
    judged: Sequence[Mark],
    earlier: Sequence[Mark],
    met: Sequence[Mark] = (),
) -> None:
    """Change the histories of a session's questions, in parts that fit a transaction and happen once each."""
    known = {mark["question_id"]: mark for mark in marks}
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    for sign, rows in ((1, judged), (-1, earlier)):
        for mark in rows:
            if mark["outcome"] != "pending" and float(mark["max_score"]):
                changes[mark["question_id"]][mark["outcome"]] += sign
    new = {mark["question_id"] for mark in met}
    names = [name for name in known if name in new or any(changes[name].values())]
    for number, start in enumerate(range(0, len(names), _QUESTIONS_A_PART)):
        part = [known[name] for name in names[start : start + _QUESTIONS_A_PART]]
        with consumer.part(event, number) as unit:
            for mark in part:
                item = _item(event.user_id, mark)
                meeting = _meeting(event, mark) if mark["question_id"] in new else []
                counted = [
                    getattr(QuestionHistory, name).add(by) for name, by in changes[mark["question_id"]].items() if by
                ]
                unit.change(item, *meeting, *counted, or_create=True)
            _put_solved(unit, event.user_id, part, changes)


def _item(user_id: str, mark: Mark) -> QuestionHistory:
    return QuestionHistory.at(user_id=user_id, topic_id=mark["topic_id"], question_id=mark["question_id"])


def _meeting(event: ExamCompleted | ExamGraded, mark: Mark) -> list[Action]:
    return [
        QuestionHistory.met.add(1),
        QuestionHistory.seconds.add(int(mark["time_spent_seconds"])),
        QuestionHistory.last_at.set(event.finished_at),
        QuestionHistory.last_exam_id.set(event.exam_id),
    ]


def _put_solved(unit: Unit, user_id: str, marks: Sequence[Mark], changes: Mapping[str, Counter[str]]) -> None:
    """Take questions off what a student has solved that no released result judges right any more."""
    lost = [mark for mark in marks if changes[mark["question_id"]]["right"] < 0]
    found = batch_fetch([_item(user_id, mark) for mark in lost], consistent=True) if lost else []
    topics: dict[str, set[str]] = defaultdict(set)
    for mark, history in zip(lost, found, strict=True):
        right = int(history.right) if isinstance(history, QuestionHistory) else 0
        if right + changes[mark["question_id"]]["right"] <= 0:
            topics[mark["topic_id"]].add(mark["question_id"])
    for topic_id, names in topics.items():
        solved = SolvedQuestions.at(user_id=user_id, topic_id=topic_id)
        owner = [SolvedQuestions.user_id.set(user_id), SolvedQuestions.topic_id.set(topic_id)]
        unit.change(solved, *owner, SolvedQuestions.question_ids.delete(names), or_create=True)
