"""Help questions and discussions over HTTP."""

from typing import Annotated

from lyceum.kit.http import OWNER, USER, Api, Caller, IfMatch, Listing, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.model.community.questions import HelpAnswer, HelpQuestion
from lyceum.rules.sessions import recheck

from functions.community.discussions import discussions
from functions.community.discussions.schemas import (
    DiscussionPage,
    DiscussionView,
    RepliesQuery,
    ReplyView,
    SetUpvote,
    StartDiscussion,
    UpvoteView,
    WriteReply,
)
from functions.community.questions import answering, asking, reading, views
from functions.community.questions.schemas import (
    AnswerHistory,
    AnswerView,
    Ask,
    Asked,
    EditAnswer,
    EditQuestion,
    HelpfulView,
    OfferView,
    QuestionQuery,
    QuestionSummary,
    QuestionView,
    WriteAnswer,
    WriteAnswerTo,
)

api = Api("community", recheck=recheck)
handler = api.handler
_ANSWER = "/api/qa/questions/{questionId}/answer"


@api.get("/api/qa/questions", access=USER)
def list_help_questions(caller: Caller, query: Annotated[QuestionQuery, Query()]) -> Page[QuestionSummary]:
    """List help questions, the latest first."""
    return query.page(reading.listed(caller, query), views.summary)


@api.get("/api/qa/queue", access=may(Permission.MENTOR_STUDENTS))
def list_offered_questions(caller: Caller, query: Annotated[Listing, Query()]) -> Page[OfferView]:
    """List the questions that wait for the caller, the most urgent first."""
    return query.page(reading.queue(caller, query), lambda offer: offer)


@api.post("/api/qa/questions", access=USER, status=201, limit="20/hour", idempotent=True)
def post_help_question(caller: Caller, body: Ask) -> Asked:
    """Ask the mentors of a subject, or look for earlier questions like it."""
    return asking.ask(caller, body)


@api.get("/api/qa/questions/{questionId}", access=USER)
def show_help_question(caller: Caller, question_id: str) -> QuestionView:
    """Show a question with its answers."""
    return reading.show(caller, question_id)


@api.patch("/api/qa/questions/{questionId}", access=OWNER, owner_of=HelpQuestion)
def update_help_question(caller: Caller, question_id: str, body: EditQuestion, if_match: IfMatch) -> QuestionView:
    """Change one's own question, close it or open it again."""
    return asking.edit(caller, question_id, body, if_match)


@api.delete("/api/qa/questions/{questionId}", access=OWNER, owner_of=HelpQuestion)
def remove_help_question(caller: Caller, question_id: str) -> Removed:
    """Remove one's own question with its answers."""
    asking.remove(caller, question_id)
    return Removed(id=question_id)


@api.post(_ANSWER, access=may(Permission.MENTOR_STUDENTS), status=201, limit="60/hour", idempotent=True)
def answer_help_question(caller: Caller, question_id: str, body: WriteAnswer) -> AnswerView:
    """Answer a question; who asked is told."""
    return answering.answer(caller, question_id, body)


@api.post("/api/answers", access=may(Permission.MENTOR_STUDENTS), status=201, limit="60/hour", idempotent=True)
def answer_named_question(caller: Caller, body: WriteAnswerTo) -> AnswerView:
    """Answer the question that the body names."""
    return answering.answer(caller, body.question_id, body)


@api.patch("/api/qa/answers/{answerId}", access=OWNER, owner_of=HelpAnswer)
def update_answer(caller: Caller, answer_id: str, body: EditAnswer) -> AnswerView:
    """Change one's own answer; how it read before is kept."""
    return answering.edit(caller, answer_id, body)


@api.get("/api/qa/answers/{answerId}/history", access=USER)
def show_answer_history(caller: Caller, answer_id: str) -> AnswerHistory:
    """Show how an answer read before its edits, to its author and moderators."""
    return reading.earlier_texts(caller, answer_id)


@api.post("/api/qa/answers/{answerId}/helpful", access=USER, limit="120/hour")
def mark_answer_helpful(caller: Caller, answer_id: str) -> HelpfulView:
    """Say that an answer helped, once."""
    return answering.find_helpful(caller, answer_id)


@api.post("/api/qa/answers/{answerId}/accept", access=OWNER, owner_of=HelpQuestion)
def accept_answer(caller: Caller, answer_id: str) -> AnswerView:
    """Accept an answer to one's own question."""
    return answering.accept(caller, answer_id)


api.alias("POST", "/api/questions/{questionId}/answer", of=_ANSWER)
api.alias("POST", "/api/answers/{answerId}/helpful", of="/api/qa/answers/{answerId}/helpful")
api.alias("POST", "/api/answers/{answerId}/accept", of="/api/qa/answers/{answerId}/accept")


@api.post("/api/discussions", access=USER, status=201, limit="20/hour", idempotent=True)
def start_discussion(caller: Caller, body: StartDiscussion) -> DiscussionView:
    """Start a discussion on a question of the bank."""
    return discussions.start(caller, body)


@api.get("/api/questions/{questionId}/discussions", access=USER)
def list_discussions(caller: Caller, question_id: str, query: Annotated[RepliesQuery, Query()]) -> Page[DiscussionView]:
    """List the discussions on a question of the bank, the latest first."""
    return query.page(discussions.of_question(caller, question_id, query), discussions.view)


@api.get("/api/discussions/{discussionId}", access=USER, refuses=(423,))
def show_discussion(caller: Caller, discussion_id: str, query: Annotated[RepliesQuery, Query()]) -> DiscussionPage:
    """Show a discussion with a page of its replies."""
    return discussions.show(caller, discussion_id, query)


@api.post(
    "/api/discussions/{discussionId}/reply", access=USER, status=201, limit="60/hour", idempotent=True, refuses=(423,)
)
def post_reply(caller: Caller, discussion_id: str, body: WriteReply) -> ReplyView:
    """Reply in a discussion."""
    return discussions.reply(caller, discussion_id, body)


@api.put("/api/discussions/{discussionId}/upvote", access=USER, limit="300/hour", refuses=(423,))
def set_upvote(caller: Caller, discussion_id: str, body: SetUpvote | None = None) -> UpvoteView:
    """Set one's upvote of a discussion, or change it to the other."""
    return discussions.upvote(caller, discussion_id, body)


@api.delete("/api/discussions/{discussionId}", access=may(Permission.MODERATE))
def remove_discussion(caller: Caller, discussion_id: str) -> Removed:
    """Remove a discussion with its replies."""
    discussions.remove(caller, discussion_id)
    return Removed(id=discussion_id)
