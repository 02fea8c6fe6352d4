"""Questions of an import in batches that fit one transaction each."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lyceum.events.questions import QuestionApproved, QuestionSubmitted
from lyceum.kit.consumers.outbox import send
from lyceum.kit.event import Event
from lyceum.kit.table import Unit
from lyceum.model.imports import ImportJob, QuestionFingerprint
from lyceum.model.questions.question import AnswerKey, ModerationComment, Question
from lyceum.rules.questions.storage import items_of, stored
from lyceum.rules.questions.types import read_question
from lyceum.tasks.content import StoreUpload

from functions.imports.row_store import Line, picture_key
from functions.imports.topics import Topics

_MOST_WRITES = 99
"""Of a transaction's hundred, one is the checkpoint."""
_FINGERPRINT = 1
_MOST_CHARACTERS = 700_000
"""Of a batch's rows: a transaction holds 4 MB, a character up to four bytes, and a question's text is stored once."""
_MOST_ROWS = 2000
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ROW_DIGITS = 5


@dataclass
class Batch:
    """Consecutive rows of the file and the questions that they become.

    Attributes:
        rows: How many rows of the file these are.
        questions: The questions with their keys.
        pictures: The tasks that make uploads of the pictures that they show.
        writes: Items that they take of a transaction.
        characters: Length of the rows' questions as JSON.
    """

    rows: int = 0
    questions: list[tuple[Question, AnswerKey]] = field(default_factory=list)
    pictures: dict[str, StoreUpload] = field(default_factory=dict)
    writes: int = 0
    characters: int = 0

    def write(self, unit: Unit, job: ImportJob) -> None:
        """Add the questions to a unit of work; that a question is new speaks for all that belongs to it."""
        told: set[str] = set()
        send(unit, *self.pictures.values())
        for question, key in self.questions:
            unit.create(question, *_events_of(job, question))
            known = [QuestionFingerprint.fingerprint.set(question.fingerprint)]
            known.append(QuestionFingerprint.question_id.set(question.question_id))
            place = QuestionFingerprint.at(fingerprint=question.fingerprint)
            if question.fingerprint not in told:
                unit.change(place, *known, or_create=True)  # so that the same file, sent again at once, finds it
                told.add(question.fingerprint)
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


def batches(job: ImportJob, lines: Iterable[Line], topics: Topics) -> Iterator[Batch]:
    """Cut a job's rows, from its checkpoint on, into batches whose questions fit one transaction each."""
    taken = {"create", "duplicate"} if job.takes_duplicates else {"create"}
    batch = Batch()
    for row, line in enumerate(lines, int(job.rows_done)):
        stored_row = _stored(job, row, line, topics) if line["outcome"] in taken else None
        pictures = _pictures(job, line) if stored_row else {}
        writes = len(items_of(*stored_row)) + bool(job.approves) + _FINGERPRINT + len(pictures) if stored_row else 0
        characters = len(json.dumps(line["question"])) if stored_row else 0
        if (
            batch.writes + writes > _MOST_WRITES
            or batch.characters + characters > _MOST_CHARACTERS
            or batch.rows == _MOST_ROWS
        ):
            yield batch
            batch = Batch()
        batch.rows += 1
        batch.writes += writes
        batch.characters += characters
        if stored_row:
            batch.questions.append(stored_row)
            batch.pictures |= pictures
    if batch.rows:
        yield batch


def _pictures(job: ImportJob, line: Line) -> dict[str, StoreUpload]:
    owner_id, prefix = job.confirmed_by or job.owner_id, str(job.rows_prefix)
    return {
        each["uploadId"]: StoreUpload(
            upload_id=each["uploadId"],
            owner_id=owner_id,
            purpose="question_image",
            source_key=picture_key(prefix, each["uploadId"]),
            content_type=each["contentType"],
            file_name=each["fileName"],
            size_bytes=each["sizeBytes"],
        )
        for each in line.get("pictures", [])
    }


def question_id(job_id: str, row: int) -> str:
    """Return the id of a row's question: the job's with the row's number as its last five characters."""
    digits = "".join(_BASE32[row >> (5 * position) & 31] for position in reversed(range(_ROW_DIGITS)))
    return job_id[:-_ROW_DIGITS] + digits


def _stored(job: ImportJob, row: int, line: Line, topics: Topics) -> tuple[Question, AnswerKey]:
    draft = read_question(line["question"])
    topic, otherwise = topics.required(draft.topic_id), "draft" if job.as_drafts else "pending"
    status = "approved" if job.approves else otherwise
    name = question_id(job.job_id, row)
    return stored(draft, topic, question_id=name, author_id=job.owner_id, status=status, level=topics.level_of(topic))


def _events_of(job: ImportJob, question: Question) -> list[Event]:
    if question.status == "draft":
        return []
    if question.status == "pending":
        return [QuestionSubmitted(question_id=question.question_id, topic_id=question.topic_id)]
    facts = {name: getattr(question, name) for name in ("question_id", "topic_id", "course_id", "author_id")}
    return [QuestionApproved(**facts, import_id=job.job_id)]
