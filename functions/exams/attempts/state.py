"""The state of an attempt: the items that its running part consists of, read in one request."""

from typing import NamedTuple

from lyceum.kit.errors import NotFound
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.exams.sessions import AnswerSheet, ExamPaper, ExamSession
from lyceum.rules.exams import answer_sheets


class AttemptState(NamedTuple):
    """What belongs to a session: the record, the answer sheet and the paper."""

    session: ExamSession
    sheet: AnswerSheet
    paper: ExamPaper


def read_attempt(exam_id: str) -> AttemptState | None:
    """Read everything of a session in one request, as the last write left it; None when it does not exist."""
    names = [ExamSession.at(exam_id=exam_id), ExamPaper.at(exam_id=exam_id), *answer_sheets.names(exam_id)]
    return joined(*batch_fetch(names, consistent=True))


def joined(session: Entity | None, content: Entity | None, *blocks: Entity | None) -> AttemptState | None:
    """Put what was read of a session together; None when it does not exist."""
    sheet = answer_sheets.joined(blocks)
    if isinstance(session, ExamSession) and isinstance(content, ExamPaper) and sheet is not None:
        return AttemptState(session, sheet, content)
    return None


def require_attempt(exam_id: str) -> AttemptState:
    """Read everything of a session in one request; raises NotFound."""
    attempt = read_attempt(exam_id)
    if attempt is None:
        raise NotFound("There is no such exam.")
    return attempt
