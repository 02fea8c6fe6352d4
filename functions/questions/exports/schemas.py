"""What callers of the question export send and get."""

from typing import Literal

from lyceum.kit.http import Schema

from functions.questions.schemas.listing import QuestionFilter
from functions.questions.schemas.question import Reason

Format = Literal["gift", "moodle_xml", "qti21", "qti30", "csv", "xlsx"]


class ExportQuery(QuestionFilter):
    """Which questions to write to a file, at most 100 at a time; filters are those of the list of questions.

    - `format`: GIFT, Moodle XML, QTI 2.1 or 3.0, CSV or a workbook.
    - `reason`: why; needed for others' questions that wait for no moderator, and kept in the audit log.
    """

    format: Format = "csv"
    reason: Reason | None = None


class Loss(Schema):
    """What the file does not hold of a question; `isLeftOut`: the format has no such question."""

    question_id: str
    is_left_out: bool
    lost: list[str]


class ExportedFile(Schema):
    """A file of questions.

    - `url`: where it is fetched, for 15 minutes.
    - `questions`: how many are in it.
    - `losses`: what the format has no place for, by question.
    - `nextCursor`: goes on with the next file.
    """

    url: str
    file_name: str
    format: Format
    questions: int
    losses: list[Loss]
    next_cursor: str | None = None
