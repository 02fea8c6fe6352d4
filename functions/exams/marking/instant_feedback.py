"""Instant feedback: what became of one answer while the session runs, where its policy allows that.

An answer whose key was shown stands: the sheet says so before the key is read, in one conditional write, so that no
better answer can follow what was learnt.
"""

from datetime import datetime

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, DomainError, Forbidden, NotFound
from lyceum.kit.identity import Principal, may_touch, require_owner
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch
from lyceum.model.exams.sessions import AnswerSheet, ExamPaper, ExamSession
from lyceum.model.questions.question import Question
from lyceum.rules.exams import answer_sheets, release

from functions.exams.attempts import answer_sheet, sections, timing
from functions.exams.attempts.state import AttemptState, joined
from functions.exams.marking import marks, review, totals
from functions.exams.marking.keys import answer_keys, pinned_keys
from functions.exams.marking.schemas.results import InstantFeedback
from functions.exams.papers import embargo


def show_feedback(caller: Principal, exam_id: str, question_id: str) -> InstantFeedback:
    """Show what became of an answer; from then on it stands.

    Costs two reads and one write, and the reads alone when asked again. Raises NotFound, Forbidden FEEDBACK_WITHHELD,
    or Conflict (SESSION_FINISHED, EXAM_PAUSED, LEASED_ELSEWHERE, NOT_ANSWERED, SECTION_CLOSED).
    """
    names = [ExamSession.at(exam_id=exam_id), ExamPaper.at(exam_id=exam_id), *answer_sheets.names(exam_id)]
    question, *read = batch_fetch([Question.at(question_id=question_id), *names], consistent=True)
    attempt = joined(*read)
    if attempt is None:
        raise NotFound("There is no such exam.")
    session, sheet = attempt.session, attempt.sheet
    require_owner(caller, session.user_id, "exam")
    if session.policy["feedback"] != "at_once":
        raise Forbidden("This exam tells nothing before its end.", code="FEEDBACK_WITHHELD")
    timing.move_to(sheet, clock.now())
    refused = _refusal(caller, sheet, question_id, clock.now())
    if refused:  # before a word on the question's embargo: it may be in no paper, or in a part that is ahead
        raise refused
    asked = [question] if isinstance(question, Question) else []
    if embargo.lasting(asked, session.assessment_id, clock.now()):
        raise Forbidden("This question is part of an exam that may still be sat.", code="FEEDBACK_WITHHELD")
    return _judged(attempt, _locked(caller, exam_id, question_id), question_id)


def _locked(caller: Principal, exam_id: str, question_id: str) -> AnswerSheet:
    """Let an answer stand; an answer that stands already stays as it is."""
    now = clock.now()
    sheet = answer_sheets.at(exam_id, question_id)
    is_answered = AnswerSheet.part(question_id, "seq") > 0
    try:
        shown = AnswerSheet.part(question_id, "shown").set(True)
        Unit().change(
            sheet,
            shown,
            answer_sheet.paid_for(),
            when=answer_sheet.is_writable(caller, now) & is_answered & sections.is_open(question_id, now),
        ).commit()
    except ConditionFailed as failure:
        sheet = AnswerSheet.from_raw_data(failure.item or {})
        if may_touch(caller, sheet.user_id) and sections.move_on(sheet, now):
            return _locked(caller, exam_id, question_id)
        raise _refusal(caller, sheet, question_id, now) or answer_sheet.held_up(sheet, now) from None
    return sheet


def _refusal(caller: Principal, sheet: AnswerSheet, question_id: str, now: datetime) -> DomainError | None:
    """Say why nothing is told of a question now; None when its answer may be judged."""
    refused = answer_sheet.closed_to(caller, sheet, now)
    row = sheet.answers.as_dict().get(question_id)
    refused = refused or sections.refusal(sheet, row, now)
    if refused is None and row is not None and not row["seq"]:
        refused = Conflict("Answer this question first.", code="NOT_ANSWERED")
    return refused


def _judged(attempt: AttemptState, block: AnswerSheet, question_id: str) -> InstantFeedback:
    attempt.sheet.answers = {**attempt.sheet.answers.as_dict(), **block.answers.as_dict()}
    (entry,) = [each for each in marks.pinned_entries(attempt) if each["question_id"] == question_id]
    keys = answer_keys([entry])
    pinned = pinned_keys([entry], keys)
    answer = attempt.sheet.answers.as_dict()[question_id]
    policy = marks.policy_of(attempt.session.policy)
    scored = totals.score_paper([entry], pinned, {question_id: answer["chosen"]}, policy, int(attempt.session.scoring))
    row = marks.row(attempt, scored.marks[0], is_counted=True)
    shown = review.reveal(entry, row, keys[question_id], release.shown(attempt.session, clock.now()))
    return InstantFeedback(**shown.model_dump(), exam_id=attempt.session.exam_id)
