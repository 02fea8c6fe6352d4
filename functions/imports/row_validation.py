"""What becomes of each row: a question, or nothing because its text is there already or something is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lyceum.model.catalog import Topic

from functions.imports.duplicates import KnownFingerprints
from functions.imports.parsed_question import ParsedQuestion, parse_question
from functions.imports.syntax.drafts import Draft, Picture, Problem
from functions.imports.topics import Topics

_BATCH = 100
_MOST_SHOWN = 200_000
_NO_TOPIC = "0" * 26
_DEFAULT_FIELDS = ("difficulty", "marks", "tags", "year", "examBody", "subject", "source")


@dataclass
class RowResult:
    """A draft with what becomes of it.

    Attributes:
        outcome: create, duplicate or wrong.
        question: The question in authors' form, as far as it could be read.
        duplicate_of_row: The earlier row with the same text.
        duplicate_of_question_id: The bank's question with the same text.
    """

    draft: Draft
    outcome: str
    question: dict[str, Any] | None = None
    duplicate_of_row: int | None = None
    duplicate_of_question_id: str | None = None

    @property
    def pictures(self) -> list[Picture]:
        """The pictures of a question that may be written."""
        return [] if self.outcome == "wrong" else list(self.draft.pictures.values())

    def line(self) -> dict[str, Any]:
        """Write the row as it is kept and shown."""
        is_shown = self.outcome != "wrong" or len(str(self.question)) <= _MOST_SHOWN
        fields = {
            "row": self.draft.row,
            "outcome": self.outcome,
            "question": self.question if is_shown else None,
            "duplicateOfRow": self.duplicate_of_row,
            "duplicateOfQuestionId": self.duplicate_of_question_id,
            "problems": _as_fields(self.draft.problems),
            "notes": self.draft.notes,
            "pictures": [
                {
                    "uploadId": each.upload_id,
                    "contentType": each.content_type,
                    "fileName": each.file_name,
                    "sizeBytes": len(each.body),
                }
                for each in self.pictures
            ],
        }
        return {name: value for name, value in fields.items() if value not in (None, [])}

    def wrong_line(self) -> dict[str, Any]:
        """Write the row as it stands in the report of errors, up to 200 000 characters of it."""
        left, cells = _MOST_SHOWN, []
        for cell in self.draft.original:
            cells.append(cell[:left])
            left -= len(cells[-1])
        return {"row": self.draft.row, "problems": _as_fields(self.draft.problems), "original": cells}


def _as_fields(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [problem._asdict() for problem in problems]


class RowValidator:
    """Validates the drafts of one file, in batches that share their storage requests."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self.topics_used: set[str] = set()
        self._defaults = {name: defaults[name] for name in _DEFAULT_FIELDS if defaults.get(name)}
        self._topics = Topics(defaults)
        self._known = KnownFingerprints()

    def results(self, drafts: Iterator[Draft]) -> Iterator[RowResult]:
        """Validate every draft, in their order."""
        while batch := list(islice(drafts, _BATCH)):
            self._topics.prepare(batch)
            parsed = [(draft, self._parse(draft)) for draft in batch]
            in_bank = self._known.in_bank([each.fingerprint for _, each in parsed if each])
            for draft, question in parsed:
                yield self._result(draft, question, in_bank) if question else RowResult(draft, "wrong", draft.question)

    def _parse(self, draft: Draft) -> ParsedQuestion | None:
        """Complete a draft by the import's defaults and read it as a question; None when something is wrong."""
        topic = self._topics.of(draft)
        question, problems = parse_question(
            {**self._defaults, **draft.question, "topicId": topic.topic_id if topic else _NO_TOPIC}, topic or Topic()
        )
        known = {problem.field for problem in draft.problems}
        found = [Problem(draft.names(problem.field), problem.message) for problem in problems]
        draft.problems += [problem for problem in found if problem.field not in known]
        return None if draft.problems else question

    def _result(self, draft: Draft, question: ParsedQuestion, in_bank: Mapping[str, str]) -> RowResult:
        self.topics_used.add(question.topic.topic_id)
        row, question_id = self._known.earlier_row(question.fingerprint, draft.row), in_bank.get(question.fingerprint)
        outcome = "create" if row is None and question_id is None else "duplicate"
        return RowResult(draft, outcome, question.as_authored(), row, question_id)
