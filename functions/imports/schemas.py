"""What callers of the import endpoints send and get."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, same_as
from lyceum.kit.values.text import Line, Tag

from functions.imports.syntax.encodings import NAMES as ENCODINGS
from functions.imports.syntax.limits import INLINE_BYTES, MOST_BYTES

Format = Literal["csv", "xlsx", "gift", "aiken", "moodle_xml", "qti"]
State = Literal["waiting", "uploaded", "parsed", "confirmed", "running", "completed", "failed"]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9_]{0,39}$")]
FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f/\\]+$")
]
_BASE64_CHARACTERS = -(-INLINE_BYTES // 3) * 4


class Defaults(Request):
    """What holds for every row that does not say otherwise. With `courseId`, a row may name its topic by title."""

    topic_id: Id | None = None
    course_id: Id | None = None
    difficulty: Literal["easy", "medium", "hard"] = "medium"
    marks: Annotated[Decimal, Field(gt=0, le=100, max_digits=6, decimal_places=3)] = Decimal(1)
    tags: Annotated[list[Tag], Field(max_length=20)] = []
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    exam_body: Line | None = None
    subject: Line | None = None
    source: Line | None = None


def _known_encoding(name: str) -> str:
    if name not in ENCODINGS:
        raise ValueError(f"choose one of {', '.join(sorted(ENCODINGS))}")
    return name


ChosenEncoding = Annotated[str, AfterValidator(_known_encoding)]
"""What a text is written in, by a name that Python knows."""


class AskImport(Request):
    """A file of questions: its text, its bytes or its size.

    - `text`: the file itself, up to 1 MiB.
    - `base64`: the file's bytes in base64, up to 1 MiB of them.
    - `sizeBytes`: how large the file is, to get a slot for sending it to storage.
    - `defaults`: what holds for every row that does not say otherwise.
    - `columns`: the header of a field where a table calls it otherwise: `{"stem": "Frage"}`.
    - `encoding`: what the text is written in, such as `cp1250`, where that is known better than it can be guessed.
    """

    format: Format
    file_name: FileName
    text: Annotated[str, Field(min_length=1, max_length=INLINE_BYTES)] | None = None
    base64: Annotated[str, Field(min_length=4, max_length=_BASE64_CHARACTERS)] | None = None
    size_bytes: Annotated[int, Field(ge=1, le=MOST_BYTES)] | None = None
    defaults: Defaults = Defaults()
    columns: Annotated[dict[ColumnName, Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=60)] = {}
    encoding: ChosenEncoding | None = None

    @model_validator(mode="after")
    def check_one_source(self) -> "AskImport":
        """Refuse a file that is given twice or not at all."""
        if sum(given is not None for given in (self.text, self.base64, self.size_bytes)) != 1:
            raise ValueError("give exactly one of text, base64 and sizeBytes")
        if self.text is not None and self.format in {"xlsx", "qti"}:
            raise ValueError("this format is not text: give base64 or sizeBytes")
        return self


class Slot(Schema):
    """Where to send the file until `expiresAt`: an HTML form's POST (multipart/form-data) of `fields` and the file."""

    url: str
    fields: dict[str, str]
    expires_at: Timestamp


class Counts(Schema):
    """Rows of the file.

    - `ready`: they become questions.
    - `duplicate`: their text is in the bank or in the file already.
    - `wrong`: they can not be taken.
    - `done`: they have had their effect.
    """

    total: int
    ready: int
    duplicate: int
    wrong: int
    done: int


class ImportView(Schema):
    """An import.

    - `columns`: the headers that were recognised, by field.
    - `encoding`, `encodingConfidence`, `encodingSample`: what a text was read as, how sure that is from 0 to 1, and
      pieces of it to judge by; `encoding` in the request that opens an import chooses another.
    - `percent`: how much of a confirmed file is done.
    - `takesDuplicates`: whether rows with a known text become questions too.
    - `asDrafts`: whether the questions are drafts of their owner, who hands them in one by one.
    - `approves`: whether the questions enter the bank without waiting for a moderator.
    - `reason`: why it failed.
    - `expiresAt`: until when the file is awaited.
    - `upload`: where to send the file; only in the answer that opens the import.
    """

    job_id: str
    state: State
    status: Annotated[State | None, same_as("state")] = None
    format: Format
    file_name: str
    size_bytes: int
    owner_id: str
    defaults: dict[str, Any]
    columns: dict[str, str]
    encoding: str | None = None
    encoding_confidence: float | None = None
    encoding_sample: str | None = None
    rows: Counts
    questions_written: int
    percent: int
    takes_duplicates: bool
    as_drafts: bool
    approves: bool
    reason: str | None = None
    confirmed_by: str | None = None
    confirmed_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    expires_at: Timestamp | None = None
    created_at: Timestamp
    version: int
    upload: Slot | None = None


class Problem(Schema):
    """What is wrong with a row, by the field that it is about."""

    field: str
    message: str


class RowView(Schema):
    """What a row of the file becomes: a question, nothing because it is a duplicate, or nothing because of problems.

    - `question`: the question in authors' form, as far as it could be read.
    - `duplicateOfRow`: the earlier row with the same text.
    - `duplicateOfQuestionId`: the bank's question with the same text.
    - `notes`: what the row holds that its question will not.
    """

    row: int
    outcome: Literal["create", "duplicate", "wrong"]
    question: dict[str, Any] | None = None
    duplicate_of_row: int | None = None
    duplicate_of_question_id: str | None = None
    problems: list[Problem] = []
    notes: list[str] = []


class WrongRow(Schema):
    """A row that can not be taken, as it stands in the file: its cells, or its text."""

    row: int
    problems: list[Problem]
    original: list[str]


class ErrorsQuery(Listing):
    """The rows that can not be taken; as CSV they come all at once, each with its original cells.

    - `format`: how they are written.
    """

    format: Literal["json", "csv"] = "json"


class HistoryQuery(Listing):
    """Past and present imports, the newest first.

    - `state`: only imports in this state.
    """

    state: State | None = None


class Confirm(Request):
    """What to do with the rows that were looked at.

    - `duplicates`: whether rows with a known text become questions too.
    - `approve`: whether the questions enter the bank without waiting for a moderator.
    """

    duplicates: Literal["skip", "create"] = "skip"
    approve: bool = False


class AskTopicsImport(Request):
    """A syllabus as a table, written into a course.

    - `courseId`: the course whose syllabus it is.
    - `text`: CSV with a header; columns `title`, `order`, `description` and `tags` (parted by semicolons).
    - `dryRun`: false writes; by default it is only told what would happen.
    """

    course_id: Id
    text: Annotated[str, Field(min_length=1, max_length=INLINE_BYTES)]
    dry_run: bool = True


class TopicRow(Schema):
    """What a row does, or would do; topics are known again by their titles."""

    row: int
    title: str
    outcome: Literal["created", "updated", "unchanged", "wrong"]
    topic_id: str | None = None
    field: str | None = None
    message: str | None = None


class TopicsImport(Schema):
    """What became of a syllabus: by row, and how many of each outcome; `notRead` names the columns beside."""

    course_id: str
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    wrong: int
    not_read: list[str] = []
    rows: list[TopicRow]
