"""The difficulty that a calibration proposes, taken over by whoever answers for the question."""

from lyceum.kit import ids
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.questions.question import ModerationComment, Question
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.rules import audits
from lyceum.rules.questions import storage

from functions.questions.schemas.statistics import AcceptDifficulty, DifficultyView


def accept(caller: Principal, question_id: str, wanted: AcceptDifficulty) -> DifficultyView:
    """Give a question the difficulty that is proposed for it; its author and moderators may, and twice is as once.

    It is no new revision: nothing that candidates see or that is right changes, and papers keep what they copied.
    Raises Conflict NO_SUCH_PROPOSAL where another or none is proposed, and where the question changed meanwhile.
    """
    question, statistics = batch_fetch(
        [Question.at(question_id=question_id), QuestionStatistics.at(question_id=question_id)], consistent=True
    )
    if not isinstance(question, Question):
        question = Question.require(question_id=question_id)
    require_owner(caller, question.author_id, "question", Permission.MODERATE, hidden=question.status != "approved")
    if question.difficulty == wanted.difficulty:
        return DifficultyView(question_id=question_id, difficulty=wanted.difficulty, version=question.version)
    none = Conflict("This difficulty is not proposed for the question, or no longer.", code="NO_SUCH_PROPOSAL")
    if not isinstance(statistics, QuestionStatistics) or statistics.proposed_difficulty != wanted.difficulty:
        raise none
    earlier, question.difficulty = question.difficulty, wanted.difficulty
    remark = ModerationComment(
        question_id=question_id,
        comment_id=ids.new_id(),
        moderator_id=caller.user_id,
        verdict="difficulty",
        text=f"{earlier} -> {wanted.difficulty}",
    )
    unit = Unit().replace(question).create(remark)
    is_proposed = QuestionStatistics.proposed_difficulty == wanted.difficulty
    unit.change(statistics, QuestionStatistics.proposed_difficulty.remove(), when=is_proposed, refuse=none)
    if question.status == "approved":
        for entry in storage.listed(question):
            unit.put(entry)
    after = {"difficulty": wanted.difficulty, "earlier": earlier}
    audits.note(unit, caller.user_id, question.author_id, "question.difficulty", question_id, after=after)
    unit.commit()
    return DifficultyView(question_id=question_id, difficulty=wanted.difficulty, version=question.version)
