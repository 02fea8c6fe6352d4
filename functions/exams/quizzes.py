"""Quizzes and assignments of courses over HTTP; they are answered and submitted as exams are."""

from typing import Annotated

from lyceum.http import INSTRUCTOR, OWNER, STUDENT, USER, Address, Api, Caller, IfMatch, Listing, Query

from functions.exams import assessments, sessions, standings
from functions.exams.assessment_schemas import ChangeQuiz, NewQuiz, OwnAssessmentView, ResultsView
from functions.exams.assessments import QUIZ_MODES
from functions.exams.schemas import BeginSitting, ExamState, Removed

api = Api("exams")
handler = api.handler


@api.post("/api/quizzes", access=INSTRUCTOR, status=201, idempotent=True)
def create_quiz(caller: Caller, body: NewQuiz) -> OwnAssessmentView:
    """Make a quiz or an assignment for one's own course."""
    return assessments.create_quiz(caller, body)


@api.get("/api/quizzes/{quizId}", access=USER)
def show_quiz(caller: Caller, quiz_id: str) -> OwnAssessmentView:
    """Show a quiz: to everybody what it is, to its owner also what it asks."""
    return assessments.show(caller, quiz_id, QUIZ_MODES)


@api.put("/api/quizzes/{quizId}", access=OWNER)
def change_quiz(caller: Caller, quiz_id: str, body: ChangeQuiz, if_match: IfMatch) -> OwnAssessmentView:
    """Change or publish a quiz; attempts that run stay as they are."""
    return assessments.change(caller, quiz_id, body, QUIZ_MODES, if_match)


@api.delete("/api/quizzes/{quizId}", access=OWNER)
def delete_quiz(caller: Caller, quiz_id: str, if_match: IfMatch) -> Removed:
    """Take a quiz away; results of earlier attempts stay."""
    assessments.delete(caller, quiz_id, QUIZ_MODES, if_match)
    return Removed(id=quiz_id)


@api.post("/api/quizzes/{quizId}/start", access=STUDENT, status=201, limit="10/hour", idempotent=True)
def start_quiz(caller: Caller, address: Address, quiz_id: str, body: BeginSitting) -> ExamState:
    """Start an attempt, or return the one that runs."""
    return sessions.begin_sitting(caller, address, quiz_id, body.access_code, QUIZ_MODES)


@api.get("/api/quizzes/{quizId}/results", access=OWNER)
def list_results(caller: Caller, quiz_id: str, listing: Annotated[Listing, Query()]) -> ResultsView:
    """Show the attempts at a quiz with figures of all of them."""
    return standings.results(caller, quiz_id, listing, QUIZ_MODES)
