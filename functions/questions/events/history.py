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
from lyceum.kit.errors import Conflict
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.questions.statistics import QuestionHistory, SolvedQuestions
from lyceum.rules import revisions

consumer = Consumer("questions-history")
handler = consumer.handler
_QUESTIONS_A_PART = 45
Mark = Mapping[str, Any]


@frozen
class _Change:
    """What an event adds to the history of one question."""

    mark: Mark
    is_met: bool
    counts: Counter[str]

    @property
    def name(self) -> str:
        """The question's id."""
        return str(self.mark["question_id"])

    @property
    def is_one(self) -> bool:
        """Whether it adds anything."""
        return self.is_met or any(self.counts.values())

    @property
    def can_be_first(self) -> bool:
        """Whether a history may begin with it; what takes a right answer away also looks at what is solved."""
        return self.is_one and self.counts["right"] >= 0

    def create(self, event: ExamCompleted | ExamGraded) -> bool:
        """Begin a history; False where there is one."""
        item = _item(event.user_id, self.mark)
        item.made_by = event.event_id
        for name, by in self.counts.items():
            setattr(item, name, by)
        if self.is_met:
            item.met, item.seconds = 1, int(self.mark["time_spent_seconds"])
            item.last_at, item.last_exam_id = event.finished_at, event.exam_id
        try:
            Unit().create(item).commit()
        except Conflict:
            return False
        return True

    def actions(self, event: ExamCompleted | ExamGraded) -> list[Action]:
        """Return what changes a history that there is."""
        counted = [getattr(QuestionHistory, name).add(by) for name, by in self.counts.items() if by]
        if not self.is_met:
            return counted
        return [
            QuestionHistory.met.add(1),
            QuestionHistory.seconds.add(int(self.mark["time_spent_seconds"])),
            QuestionHistory.last_at.set(event.finished_at),
            QuestionHistory.last_exam_id.set(event.exam_id),
            *counted,
        ]


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
    """Change the histories of a session's questions, each once however often the event comes.

    Those met for the first time are stored one by one, at half of what a transaction costs, and name the event for
    good. The others follow in transactions with markers. Which are which stays as it is, since nobody takes the place
    of another's history; so each part is the same whenever it is tried, and an event that is through leaves a marker.
    """
    known = {mark["question_id"]: mark for mark in marks}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sign, rows in ((1, judged), (-1, earlier)):
        for mark in rows:
            if mark["outcome"] != "pending" and float(mark["max_score"]):
                counts[mark["question_id"]][mark["outcome"]] += sign
    new = {mark["question_id"] for mark in met}
    changes = [_Change(mark, name in new, counts[name]) for name, mark in known.items()]
    parts = [changes[start : start + _QUESTIONS_A_PART] for start in range(0, len(changes), _QUESTIONS_A_PART)]
    if not any(change.is_one for change in changes) or consumer.is_done(event, len(parts)):
        return
    made = _make(event, [change for change in changes if change.can_be_first])
    for number, part in enumerate(parts):
        _add(event, number, [change for change in part if change.is_one and change.name not in made])
    with consumer.part(event, len(parts)):
        pass  # its marker says that all of it is done


def _make(event: ExamCompleted | ExamGraded, changes: Sequence[_Change]) -> set[str]:
    """Store the histories of questions that nobody noted before; return the names of those that this event made.

    What is stored already is looked at once a write is refused, since that is paid too.
    """
    made: set[str] = set()
    stored: dict[str, QuestionHistory] = {}
    for place, change in enumerate(changes):
        if change.name not in stored and not change.create(event):
            found = batch_fetch([_item(event.user_id, each.mark) for each in changes[place:]], consistent=True)
            stored = {each.question_id: each for each in found if isinstance(each, QuestionHistory)}
        if change.name not in stored or stored[change.name].made_by == event.event_id:
            made.add(change.name)
    return made


def _add(event: ExamCompleted | ExamGraded, number: int, changes: Sequence[_Change]) -> None:
    """Add to histories that stood there before, in one transaction that happens once."""
    if changes:
        with consumer.part(event, number) as unit:
            for change in changes:
                unit.change(_item(event.user_id, change.mark), *change.actions(event), or_create=True)
            _put_solved(unit, event.user_id, changes)


def _item(user_id: str, mark: Mark) -> QuestionHistory:
    return QuestionHistory.at(user_id=user_id, topic_id=mark["topic_id"], question_id=mark["question_id"])


def _put_solved(unit: Unit, user_id: str, changes: Sequence[_Change]) -> None:
    """Take questions off what a student has solved that no released result judges right any more."""
    lost = [change for change in changes if change.counts["right"] < 0]
    found = batch_fetch([_item(user_id, change.mark) for change in lost], consistent=True) if lost else []
    topics: dict[str, set[str]] = defaultdict(set)
    for change, history in zip(lost, found, strict=True):
        right = int(history.right) if isinstance(history, QuestionHistory) else 0
        if right + change.counts["right"] <= 0:
            topics[change.mark["topic_id"]].add(change.name)
    for topic_id, names in topics.items():
        solved = SolvedQuestions.at(user_id=user_id, topic_id=topic_id)
        owner = [SolvedQuestions.user_id.set(user_id), SolvedQuestions.topic_id.set(topic_id)]
        unit.change(solved, *owner, SolvedQuestions.question_ids.delete(names), or_create=True)
