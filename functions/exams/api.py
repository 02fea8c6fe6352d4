"""Exam delivery over HTTP. This function's role reads neither keys nor marks; scoring is the scorer's."""

from typing import Annotated

from lyceum.http import STUDENT, Api, Caller, Listing, Page, Query

from exams import answers, sessions
from exams.schemas import ExamState, PastExam, SaveAnswer, Saved, StartExam

api = Api("exams")
handler = api.handler


@api.post("/api/exams/start", access=STUDENT, status=201, limit="10/hour", idempotent=True)
def start_exam(caller: Caller, body: StartExam) -> ExamState:
    """Start an exam session, or return the one that runs in this mode for these topics."""
    return sessions.start(caller, body)


@api.get("/api/exams/history", access=STUDENT)
def history(caller: Caller, listing: Annotated[Listing, Query()]) -> Page[PastExam]:
    """List the caller's own sessions, the latest first."""
    return sessions.history(caller, listing)


@api.get("/api/exams/{examId}", access=STUDENT)
def show_exam(caller: Caller, exam_id: str) -> ExamState:
    """Show a session: the questions that may be seen now and the time left by the server's clock."""
    return sessions.show(caller, exam_id)


@api.post("/api/exams/{examId}/answer", access=STUDENT)
def save_answer(caller: Caller, exam_id: str, body: SaveAnswer) -> Saved:
    """Save or change one answer."""
    return answers.save(caller, exam_id, body)
