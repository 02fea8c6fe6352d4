"""What becomes of each row: a question, nothing because its text is there already, or nothing because of what is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lyceum.model.catalog import Topic

from functions.imports import parsed_question
from functions.imports.duplicates import KnownFingerprints
from functions.imports.formats.drafts import Draft, Problem
from functions.imports.topics import Topics

_BATCH = 100
_MOST_SHOWN = 200_000
_NO_TOPIC = "0" * 26
_GIVEN = ("difficulty", "marks", "tags", "year", "examBody", "subject", "source")


@dataclass
class RowResult:
    """A draft with what becomes of it."""

    draft: Draft
    outcome: str
    question: dict[str, Any] | None = None
    duplicate_of_row: int | None = None
    duplicate_of_question_id: str | None = None

    def line(self) -> dict[str, Any]:
        """Write the row as it is kept and shown."""
        question = self.question if self.outcome != "wrong" or len(str(self.question)) <= _MOST_SHOWN else None
        kept = {
            "row": self.draft.row,
            "outcome": self.outcome,
            "question": question,
            "duplicateOfRow": self.duplicate_of_row,
            "duplicateOfQuestionId": self.duplicate_of_question_id,
            "problems": _told(self.draft.problems),
            "notes": self.draft.notes,
        }
        return {name: value for name, value in kept.items() if value not in (None, [])}

    def wrong_line(self) -> dict[str, Any]:
        """Write the row as it stands in the report of errors, up to 200 000 characters of it."""
        left, cells = _MOST_SHOWN, []
        for cell in self.draft.original:
            cells.append(cell[:left])
            left -= len(cells[-1])
        return {"row": self.draft.row, "problems": _told(self.draft.problems), "original": cells}


def _told(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [problem._asdict() for problem in problems]


class RowValidator:
    """Judges the drafts of one file, in batches that share their storage requests."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self.topics_used: set[str] = set()
        self._given = {name: defaults[name] for name in _GIVEN if defaults.get(name)}
        self._topics = Topics(defaults)
        self._known = KnownFingerprints()

    def all_of(self, drafts: Iterator[Draft]) -> Iterator[RowResult]:
        """Judge every draft, in their order."""
        while batch := list(islice(drafts, _BATCH)):
            self._topics.prepare(batch)
            judged = [(draft, self._declare(draft)) for draft in batch]
            in_bank = self._known.in_bank([each.fingerprint for _, each in judged if each])
            for draft, question in judged:
                yield self._verdict(draft, question, in_bank) if question else RowResult(draft, "wrong", draft.question)

    def _declare(self, draft: Draft) -> parsed_question.ParsedQuestion | None:
        """Complete a draft by the import's defaults and hold it against the declaration of its type."""
        topic = self._topics.of(draft)
        question, problems = parsed_question.check(
            {**self._given, **draft.question, "topicId": topic.topic_id if topic else _NO_TOPIC}, topic or Topic()
        )
        known = {problem.field for problem in draft.problems}
        told = [Problem(draft.names(problem.field), problem.message) for problem in problems]
        draft.problems += [problem for problem in told if problem.field not in known]
        return None if draft.problems else question

    def _verdict(self, draft: Draft, question: parsed_question.ParsedQuestion, in_bank: Mapping[str, str]) -> RowResult:
        self.topics_used.add(question.topic.topic_id)
        row, question_id = self._known.row_of(question.fingerprint, draft.row), in_bank.get(question.fingerprint)
        outcome = "create" if row is None and question_id is None else "duplicate"
        return RowResult(draft, outcome, question.authored(), row, question_id)
