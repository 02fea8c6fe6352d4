"""Exam delivery over HTTP. This function's role reads neither keys nor marks; what needs them is in `marking`."""

from typing import Annotated

from lyceum.kit.http import Address, Again, Api, Caller, Listing, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.model.exams.sessions import ExamSession

from functions.exams.attempts import answer_batch, answers, delivery
from functions.exams.attempts.schemas import (
    ExamState,
    Flagged,
    FlagQuestion,
    LeaveSection,
    PastExam,
    SaveAnswer,
    SaveAnswers,
    Saved,
    SavedAnswers,
    StartExam,
)
from functions.exams.packs import making
from functions.exams.packs.schemas import MakePack, PackView
from functions.exams.statistics import performance
from functions.exams.statistics.schemas import PerformanceView

api = Api("exams")
handler = api.handler
_ATTEMPT = Again("exam_id", delivery.show)


@api.post("/api/exams/start", access=may(Permission.TAKE_EXAMS), status=201, idempotent=_ATTEMPT, refuses=(429,))
def start_exam(caller: Caller, address: Address, body: StartExam) -> ExamState:
    """Start an exam session, or return the one that runs of the same.

    The same is a mode and a set of topics or questions, or something published.
    """
    return delivery.start(caller, address, body)


@api.post("/api/assessments/{assessmentId}/packs", access=may(Permission.TAKE_EXAMS), status=201, refuses=(429,))
def make_pack(caller: Caller, address: Address, assessment_id: str, body: MakePack) -> PackView:
    """Make a sealed pack of an exam for one device, or return it again, once released with its key."""
    return making.make(caller, address, assessment_id, body)


@api.get("/api/exams/history", access=may(Permission.TAKE_EXAMS))
def list_past_exams(caller: Caller, listing: Annotated[Listing, Query()]) -> Page[PastExam]:
    """List the caller's own sessions, the latest first."""
    return delivery.history(caller, listing)


@api.get("/api/exams/analytics", access=may(Permission.TAKE_EXAMS))
def show_performance(caller: Caller) -> PerformanceView:
    """Show the caller's own performance over all finished exams."""
    return performance.show(caller)


@api.get("/api/exams/{examId}", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def show_exam(caller: Caller, exam_id: str) -> ExamState:
    """Show a session: the questions that may be seen now and the time left by the server's clock."""
    return delivery.show(caller, exam_id)


@api.post("/api/exams/{examId}/answer", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession, refuses=(429,))
def save_answer(caller: Caller, exam_id: str, body: SaveAnswer) -> Saved:
    """Save or change one answer."""
    return answers.save(caller, exam_id, body)


@api.post("/api/exams/{examId}/answers", access=may(Permission.TAKE_EXAMS), max_body_bytes=512 * 1024, refuses=(429,))
def save_answers(caller: Caller, exam_id: str, body: SaveAnswers) -> SavedAnswers:
    """Save several answers in one call, with a result for each; one that is wrong stops no other."""
    return answer_batch.save_all(caller, exam_id, body)


@api.post("/api/exams/{examId}/flag", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession, refuses=(429,))
def flag_question(caller: Caller, exam_id: str, body: FlagQuestion) -> Flagged:
    """Mark a question for review, or take the mark off."""
    return answers.flag(caller, exam_id, body)


@api.post("/api/exams/{examId}/leave-section", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def leave_section(caller: Caller, exam_id: str, body: LeaveSection) -> ExamState:
    """Leave a timed section for good and go on with the next."""
    return delivery.leave_section(caller, exam_id, body)


@api.post("/api/exams/{examId}/resume", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def resume_exam(caller: Caller, address: Address, exam_id: str) -> ExamState:
    """Take a running session over on this device; the other one can save no more."""
    return delivery.resume(caller, address, exam_id)
