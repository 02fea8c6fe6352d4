"""The question bank over HTTP."""

from typing import Annotated

from lyceum.kit.http import (
    OPTIONAL,
    OWNER,
    USER,
    Api,
    Body,
    Caller,
    IfMatch,
    MaybeCaller,
    Page,
    Query,
    may,
)
from lyceum.kit.identity import Permission
from lyceum.model.questions.passages import Passage
from lyceum.model.questions.question import Question
from lyceum.rules.questions.types import AnyQuestion
from lyceum.rules.sessions import recheck

from functions.questions import (
    authoring,
    difficulty,
    history,
    listing,
    moderation,
    passages,
    selection,
    statistics,
)
from functions.questions.exports import export
from functions.questions.exports.schemas import ExportedFile, ExportQuery
from functions.questions.schemas.changes import ChangeQuestion
from functions.questions.schemas.history import History
from functions.questions.schemas.listing import PendingFilter, QuestionFilter
from functions.questions.schemas.moderation import AddComment, Approve, Decisions, Reject
from functions.questions.schemas.passages import OwnPassageView, PassageFields
from functions.questions.schemas.question import CommentView, Keyed, QuestionView, ReadKey, Removed
from functions.questions.schemas.selection import Draw, Selection
from functions.questions.schemas.statistics import (
    AcceptDifficulty,
    DifficultyView,
    MissedFilter,
    MissedView,
    StatisticsView,
)

api = Api("questions", recheck=recheck)
handler = api.handler


@api.get("/api/questions", access=OPTIONAL)
def list_questions(caller: MaybeCaller, query: Annotated[QuestionFilter, Query()]) -> Page[QuestionView]:
    """List questions, without what is right."""
    return query.page(listing.search(caller, query), authoring.view)


@api.post("/api/questions", access=may(Permission.WRITE_QUESTIONS), status=201, idempotent=True)
def create_question(caller: Caller, body: Annotated[AnyQuestion, Body(discriminator="type")]) -> Keyed:
    """Write a question of any type; it enters the bank when a moderator approves it."""
    return authoring.create(caller, body)


@api.get("/api/questions/random", access=USER)
def draw_questions(caller: Caller, query: Annotated[Draw, Query()]) -> Selection:
    """Draw random approved questions, none seen before, at the same cost whatever the size of the bank."""
    questions, seed = selection.select(caller, query)
    shown = [authoring.view(question) for question in questions]
    return Selection(questions=shown, seed=seed, asked=query.count, is_short=len(shown) < query.count)


@api.get("/api/questions/most-missed", access=may(Permission.WRITE_QUESTIONS))
def list_most_missed(query: Annotated[MissedFilter, Query()]) -> Page[MissedView]:
    """List the questions of a topic or course that earn full marks least often."""
    return query.page(statistics.most_missed(query), statistics.missed)


@api.get("/api/questions/export", access=may(Permission.WRITE_QUESTIONS), limit="120/hour")
def export_questions(caller: Caller, query: Annotated[ExportQuery, Query()]) -> ExportedFile:
    """Export questions with their keys in a format of others, and say what it has no place for."""
    return export.run(caller, query)


@api.get("/api/questions/{questionId}", access=OPTIONAL)
def show_question(caller: MaybeCaller, question_id: str, query: Annotated[ReadKey, Query()]) -> Keyed:
    """Show a question; its author also sees what is right, and so does a moderator who says why."""
    return authoring.show(caller, question_id, query.reason)


@api.put("/api/questions/{questionId}", access=OWNER, owner_of=Question)
def edit_question(
    caller: Caller, question_id: str, body: Annotated[AnyQuestion, Body(discriminator="type")], if_match: IfMatch
) -> Keyed:
    """Write a new revision of a question, which has to be approved again."""
    return authoring.edit(caller, question_id, body, if_match)


@api.patch("/api/questions/{questionId}", access=OWNER, owner_of=Question)
def change_question(caller: Caller, question_id: str, body: ChangeQuestion, if_match: IfMatch) -> Keyed:
    """Write a new revision of a question with the named fields changed; it has to be approved again."""
    return authoring.change(caller, question_id, body, if_match)


@api.delete("/api/questions/{questionId}", access=OWNER, owner_of=Question)
def retire_question(caller: Caller, question_id: str, if_match: IfMatch) -> Removed:
    """Take a question out of the bank; exams that hold it keep it."""
    return authoring.retire(caller, question_id, if_match)


@api.get("/api/questions/{questionId}/statistics", access=may(Permission.WRITE_QUESTIONS))
def show_question_statistics(question_id: str) -> StatisticsView:
    """Show how a question did in finished exams."""
    return statistics.show(question_id)


@api.post("/api/questions/{questionId}/difficulty", access=OWNER, owner_of=Question)
def accept_difficulty(caller: Caller, question_id: str, body: AcceptDifficulty) -> DifficultyView:
    """Take over the difficulty that follows from answers."""
    return difficulty.accept(caller, question_id, body)


@api.post("/api/passages", access=may(Permission.WRITE_QUESTIONS), status=201, idempotent=True)
def create_passage(caller: Caller, body: PassageFields) -> OwnPassageView:
    """Write a text, or name a picture or recording, that several questions are about."""
    return passages.create(caller, body)


@api.get("/api/passages/{passageId}", access=USER)
def show_passage(caller: Caller, passage_id: str) -> OwnPassageView:
    """Show a passage, as its questions may be seen."""
    return passages.show(caller, passage_id)


@api.put("/api/passages/{passageId}", access=OWNER, owner_of=Passage)
def edit_passage(caller: Caller, passage_id: str, body: PassageFields, if_match: IfMatch) -> OwnPassageView:
    """Write a new revision of a passage; its questions have to be approved again."""
    return passages.edit(caller, passage_id, body, if_match)


@api.get("/api/admin/questions/pending", access=may(Permission.MODERATE))
def list_pending_questions(query: Annotated[PendingFilter, Query()]) -> Page[Keyed]:
    """List the moderation queue with what is right, those that wait longest first."""
    found = listing.pending(query)
    keys = authoring.keys_of(found.items)
    return query.page(found, lambda question: authoring.keyed(question, keys.get(question.question_id)))


@api.post("/api/admin/questions/batch-approve", access=may(Permission.MODERATE))
def approve_questions(caller: Caller, body: Approve) -> Decisions:
    """Let questions into the bank, with a result for each; many of them, or a whole topic, as a job."""
    return moderation.approve(caller, body)


@api.post("/api/admin/questions/batch-reject", access=may(Permission.MODERATE))
def reject_questions(caller: Caller, body: Reject) -> Decisions:
    """Send questions back with a reason, with a result for each."""
    return moderation.reject(caller, body.question_ids, body.reason, body.reasons)


@api.post("/api/admin/questions/{questionId}/add-comment", access=may(Permission.MODERATE), status=201, idempotent=True)
def comment_on_question(caller: Caller, question_id: str, body: AddComment) -> CommentView:
    """Leave a remark for a question's author."""
    return moderation.comment(caller, question_id, body.text)


@api.post("/api/admin/questions/{questionId}/lift-embargo", access=may(Permission.MODERATE))
def lift_embargo(caller: Caller, question_id: str, body: AddComment) -> CommentView:
    """Show a question again that an exam keeps secret; the exam can not hide it any more."""
    return moderation.lift_embargo(caller, question_id, body.text)


@api.get("/api/admin/questions/{questionId}/history", access=may(Permission.MODERATE))
def show_question_history(caller: Caller, question_id: str, query: Annotated[ReadKey, Query()]) -> History:
    """Show the revisions of a question with their differences; with a reason also those of keys."""
    return history.show(caller, question_id, query.reason)
