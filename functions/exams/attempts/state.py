"""The state of an attempt: the three items that its running part consists of, read in one request."""

from typing import NamedTuple

from lyceum.kit.errors import NotFound
from lyceum.kit.table import batch_fetch
from lyceum.model.exams.sessions import AnswerSheet, ExamPaper, ExamSession


class AttemptState(NamedTuple):
    """What belongs to a session: the record, the answer sheet and the paper."""

    session: ExamSession
    sheet: AnswerSheet
    paper: ExamPaper


def read_attempt(exam_id: str) -> AttemptState | None:
    """Read everything of a session in one request, as the last write left it; None when it does not exist."""
    names = [ExamSession.at(exam_id=exam_id), AnswerSheet.at(exam_id=exam_id), ExamPaper.at(exam_id=exam_id)]
    session, sheet, content = batch_fetch(names, consistent=True)
    if isinstance(session, ExamSession) and isinstance(sheet, AnswerSheet) and isinstance(content, ExamPaper):
        return AttemptState(session, sheet, content)
    return None


def require_attempt(exam_id: str) -> AttemptState:
    """Read everything of a session in one request; raises NotFound."""
    attempt = read_attempt(exam_id)
    if attempt is None:
        raise NotFound("There is no such exam.")
    return attempt
