"""Questions of an import in parts that fit one transaction each."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lyceum.events.questions import QuestionApproved, QuestionSubmitted
from lyceum.kit.event import Event
from lyceum.kit.table import Unit
from lyceum.model.imports import ImportJob
from lyceum.model.questions.question import AnswerKey, ModerationComment, Question
from lyceum.rules.questions.storage import items_of, stored
from lyceum.rules.questions.types import read_question

from functions.imports.row_store import Line
from functions.imports.topics import Topics

_MOST_WRITES = 99
"""Of a transaction's hundred, one is the checkpoint."""
_MOST_CHARACTERS = 700_000
"""Of a part's rows: a transaction holds 4 MB, a character has up to four bytes, and a question's text is stored once."""
_MOST_ROWS = 2000
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ROW_DIGITS = 5


@dataclass
class Part:
    """Consecutive rows, so many of the file, and the questions that they become."""

    rows: int = 0
    questions: list[tuple[Question, AnswerKey]] = field(default_factory=list)
    writes: int = 0
    characters: int = 0

    def write(self, unit: Unit, job: ImportJob) -> None:
        """Add the questions to a unit of work; that a question is new speaks for all that belongs to it."""
        for question, key in self.questions:
            unit.create(question, _told(job, question))
            for item in items_of(question, key):
                if item is not question:
                    unit.put(item)
            if job.approves:
                name = question.question_id
                unit.put(
                    ModerationComment(
                        question_id=name, comment_id=name, moderator_id=job.confirmed_by, verdict="approved"
                    )
                )


def parts(job: ImportJob, lines: Iterable[Line], topics: Topics) -> Iterator[Part]:
    """Part a job's rows, from its checkpoint on, so that each part's questions fit one transaction."""
    taken = {"create", "duplicate"} if job.takes_duplicates else {"create"}
    part = Part()
    for place, line in enumerate(lines, int(job.rows_done)):
        stored_row = _stored(job, place, line, topics) if line["outcome"] in taken else None
        writes = len(items_of(*stored_row)) + bool(job.approves) if stored_row else 0
        characters = len(json.dumps(line["question"])) if stored_row else 0
        if (
            part.writes + writes > _MOST_WRITES
            or part.characters + characters > _MOST_CHARACTERS
            or part.rows == _MOST_ROWS
        ):
            yield part
            part = Part()
        part.rows += 1
        part.writes += writes
        part.characters += characters
        if stored_row:
            part.questions.append(stored_row)
    if part.rows:
        yield part


def question_id(job_id: str, place: int) -> str:
    """Name the question of a row: the job's own id with the row's number in its last five characters, so that it is the same each time."""
    digits = "".join(_BASE32[place >> (5 * position) & 31] for position in reversed(range(_ROW_DIGITS)))
    return job_id[:-_ROW_DIGITS] + digits


def _stored(job: ImportJob, place: int, line: Line, topics: Topics) -> tuple[Question, AnswerKey]:
    draft = read_question(line["question"])
    topic, status = topics.required(draft.topic_id), "approved" if job.approves else "pending"
    name = question_id(job.job_id, place)
    return stored(draft, topic, question_id=name, author_id=job.owner_id, status=status, level=topics.level_of(topic))


def _told(job: ImportJob, question: Question) -> Event:
    if question.status == "pending":
        return QuestionSubmitted(question_id=question.question_id, topic_id=question.topic_id)
    facts = {name: getattr(question, name) for name in ("question_id", "topic_id", "course_id", "author_id")}
    return QuestionApproved(**facts, import_id=job.job_id)
