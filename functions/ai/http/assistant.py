"""What a language model is asked: the tutor, study guides, drafts of grades and of questions."""

from typing import Annotated

from lyceum.kit.http import Api, Caller, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView
from lyceum.kit.long_jobs.schemas import view as job_view
from lyceum.rules.sessions import recheck

from functions.ai.essays import grading
from functions.ai.essays.schemas import ConfirmDraft, EssayDraftView, GradeEssay
from functions.ai.tutor import chats, guides
from functions.ai.tutor.schemas import ChatQuery, ChatView, GuideView, GuideWish, Message, TutorAnswer
from functions.ai.writing import generating
from functions.ai.writing.schemas import DecideGenerated, GeneratedQuery, GeneratedView, GenerateQuestions

api = Api("ai", recheck=recheck)
handler = api.handler


@api.post("/api/ai/tutoring-chat", access=may(Permission.LEARN), limit="60/hour", idempotent=True)
def send_tutor_message(caller: Caller, body: Message) -> TutorAnswer:
    """Ask the tutor, who speaks from one's own courses and cites them; not while an exam runs."""
    return chats.answer(caller, body)


@api.get("/api/ai/tutoring-chat/sessions", access=may(Permission.LEARN))
def list_tutor_chats(caller: Caller, query: Annotated[ChatQuery, Query()]) -> Page[ChatView]:
    """List one's own chats with the tutor, or the lines of one."""
    return query.page(chats.listed(caller, query), lambda chat: chats.viewed(caller, query, chat))


@api.post("/api/ai/generate-study-guide", access=may(Permission.LEARN), status=201, limit="20/hour", idempotent=True)
def make_study_guide(caller: Caller, body: GuideWish) -> GuideView:
    """Make a study guide of a course, each sentence with its sources."""
    return guides.make(caller, body)


@api.post("/api/ai/grade-essay", access=may(Permission.GRADE_WORK), status=201, limit="120/hour", idempotent=True)
def grade_essay(caller: Caller, body: GradeEssay) -> EssayDraftView:
    """Draft a grade by a rubric, with evidence and confidence; it counts once a teacher confirms it."""
    return grading.grade(caller, body)


@api.post("/api/ai/grade-essay/{draftId}/confirm", access=may(Permission.GRADE_WORK), limit="300/hour", refuses=(404,))
def confirm_essay_grade(caller: Caller, draft_id: str, body: ConfirmDraft) -> EssayDraftView:
    """Confirm or discard one's own draft of a grade."""
    return grading.confirm(caller, draft_id, body)


@api.post(
    "/api/ai/generate-questions", access=may(Permission.WRITE_QUESTIONS), status=202, limit="20/hour", idempotent=True
)
def generate_questions(caller: Caller, body: GenerateQuestions) -> JobView:
    """Have questions written out of lessons; they are held until a blind solve and a person agree."""
    return job_view(generating.start(caller, body))


@api.get("/api/ai/generate-questions", access=may(Permission.WRITE_QUESTIONS))
def list_generated_questions(caller: Caller, query: Annotated[GeneratedQuery, Query()]) -> Page[GeneratedView]:
    """List the questions that were written for a course that one teaches, the latest first."""
    return query.page(generating.listed(caller, query), generating.view)


@api.post("/api/ai/generate-questions/{draftId}/decide", access=may(Permission.WRITE_QUESTIONS), limit="300/hour")
def approve_generated_question(caller: Caller, draft_id: str, body: DecideGenerated) -> GeneratedView:
    """Let a question that was written into the moderators' queue, or reject it."""
    return generating.decide(caller, draft_id, body)
