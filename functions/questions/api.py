"""The question bank over HTTP."""

from typing import Annotated

from lyceum import ids
from lyceum.bank import draw
from lyceum.http import INSTRUCTOR, MODERATOR, OPTIONAL, USER, Api, Caller, MaybeCaller, Page, Query

from questions import authoring, figures, moderation
from questions.schemas import (
    Approve,
    Decisions,
    Draw,
    Keyed,
    NewSingleChoice,
    QuestionFilter,
    QuestionView,
    Reject,
    Selection,
    StatisticsView,
)

api = Api("questions")
handler = api.handler


@api.get("/api/questions", access=OPTIONAL)
def list_questions(caller: MaybeCaller, query: Annotated[QuestionFilter, Query()]) -> Page[QuestionView]:
    """List questions, without what is right."""
    return query.page(authoring.search(caller, query), authoring.view)


@api.post("/api/questions", access=INSTRUCTOR, status=201, idempotent=True)
def create_question(caller: Caller, body: NewSingleChoice) -> Keyed:
    """Write a question; it enters the bank when a moderator approves it."""
    return authoring.create(caller, body)


@api.get("/api/questions/random", access=USER)
def random_questions(query: Annotated[Draw, Query()]) -> Selection:
    """Draw random approved questions of a topic, at the same cost whatever the size of the bank."""
    drawn = draw([query.topic_id], query.count, ids.new_secret(), query.difficulty)
    return Selection(questions=[authoring.view(question) for question in drawn])


@api.get("/api/questions/{questionId}", access=OPTIONAL)
def show_question(caller: MaybeCaller, question_id: str) -> Keyed:
    """Show a question; its author and moderators also see what is right."""
    return authoring.show(caller, question_id)


@api.get("/api/questions/{questionId}/statistics", access=INSTRUCTOR)
def show_statistics(question_id: str) -> StatisticsView:
    """Show how a question did in finished exams."""
    return figures.show(question_id)


@api.post("/api/admin/questions/batch-approve", access=MODERATOR)
def batch_approve(caller: Caller, body: Approve) -> Decisions:
    """Let questions into the bank, with a result for each."""
    return moderation.approve(caller, body.question_ids)


@api.post("/api/admin/questions/batch-reject", access=MODERATOR)
def batch_reject(caller: Caller, body: Reject) -> Decisions:
    """Send questions back with a reason, with a result for each."""
    return moderation.reject(caller, body.question_ids, body.reason)
