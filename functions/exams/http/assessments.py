"""Practice tests and quizzes over HTTP; submitting one and its result are in `marking`."""

from typing import Annotated

from lyceum.kit.http import (
    OWNER,
    USER,
    Address,
    Again,
    Api,
    Caller,
    Forced,
    IfMatch,
    Listing,
    Page,
    Query,
    may,
)
from lyceum.kit.identity import Permission
from lyceum.model.exams.assessments import Assessment
from lyceum.rules.sessions import recheck

from functions.exams.attempts import delivery
from functions.exams.attempts.schemas import ExamState, Removed, StartAttempt
from functions.exams.authoring import assessments, results, views
from functions.exams.authoring.schemas.assessments import (
    AssessmentView,
    ChangePracticeTest,
    ChangeQuiz,
    NewPracticeTest,
    NewQuiz,
    OwnAssessmentView,
    TestFilter,
)
from functions.exams.authoring.schemas.results import AnalyticsView, ResultsView
from functions.exams.papers.policies import QUIZ_MODES, TEST_MODES

api = Api("exams", recheck=recheck)
handler = api.handler
_ATTEMPT = Again("exam_id", delivery.show)


@api.get("/api/practice-tests", access=USER)
def list_practice_tests(query: Annotated[TestFilter, Query()]) -> Page[AssessmentView]:
    """List published practice tests by subject and grade level."""
    return views.list_tests(query)


@api.post("/api/practice-tests", access=may(Permission.WRITE_EXAMS), status=201, idempotent=True)
def create_practice_test(caller: Caller, body: NewPracticeTest) -> OwnAssessmentView:
    """Make a practice test from questions or from a blueprint."""
    return assessments.create_test(caller, body)


@api.get("/api/practice-tests/{testId}", access=USER)
def show_practice_test(caller: Caller, test_id: str) -> OwnAssessmentView:
    """Show a practice test: to everybody what it is, to its owner also what it asks."""
    return views.show(caller, test_id, TEST_MODES)


@api.put("/api/practice-tests/{testId}", access=OWNER, owner_of=Assessment)
def change_practice_test(
    caller: Caller, test_id: str, body: ChangePracticeTest, if_match: IfMatch
) -> OwnAssessmentView:
    """Change or publish a practice test; attempts that run stay as they are."""
    return assessments.change(caller, test_id, body, TEST_MODES, if_match)


@api.delete("/api/practice-tests/{testId}", access=OWNER, owner_of=Assessment)
def delete_practice_test(caller: Caller, test_id: str, if_match: IfMatch) -> Removed:
    """Take a practice test away; results of earlier attempts stay."""
    assessments.delete(caller, test_id, TEST_MODES, if_match)
    return Removed(id=test_id)


@api.post(
    "/api/practice-tests/{testId}/start",
    access=may(Permission.TAKE_EXAMS),
    status=201,
    idempotent=_ATTEMPT,
    refuses=(429,),
)
def start_practice_test(caller: Caller, address: Address, test_id: str, body: StartAttempt) -> ExamState:
    """Start an attempt, or return the one that runs."""
    return delivery.start_assessment(caller, address, test_id, body.access_code, TEST_MODES)


@api.get("/api/practice-tests/{testId}/analytics", access=OWNER, owner_of=Assessment)
def show_practice_test_analytics(caller: Caller, test_id: str) -> AnalyticsView:
    """Show the distribution of scores and how each question did."""
    return results.analytics(caller, test_id, TEST_MODES)


@api.post("/api/quizzes", access=may(Permission.WRITE_EXAMS), status=201, idempotent=True)
def create_quiz(caller: Caller, body: NewQuiz) -> OwnAssessmentView:
    """Make a quiz or an assignment for one's own course."""
    return assessments.create_quiz(caller, body)


@api.get("/api/quizzes/{quizId}", access=USER)
def show_quiz(caller: Caller, quiz_id: str) -> OwnAssessmentView:
    """Show a quiz: to everybody what it is, to its owner also what it asks."""
    return views.show(caller, quiz_id, QUIZ_MODES)


@api.put("/api/quizzes/{quizId}", access=OWNER, owner_of=Assessment)
def change_quiz(caller: Caller, quiz_id: str, body: ChangeQuiz, if_match: IfMatch) -> OwnAssessmentView:
    """Change or publish a quiz; attempts that run stay as they are."""
    return assessments.change(caller, quiz_id, body, QUIZ_MODES, if_match)


@api.delete("/api/quizzes/{quizId}", access=OWNER, owner_of=Assessment)
def delete_quiz(caller: Caller, quiz_id: str, if_match: IfMatch, force: Forced = False) -> Removed:
    """Take a quiz away; one with results only by an admin's force, and these stay."""
    assessments.delete(caller, quiz_id, QUIZ_MODES, if_match, is_forced=force)
    return Removed(id=quiz_id)


@api.post(
    "/api/quizzes/{quizId}/start",
    access=may(Permission.TAKE_EXAMS),
    status=201,
    idempotent=_ATTEMPT,
    refuses=(429,),
)
def start_quiz(caller: Caller, address: Address, quiz_id: str, body: StartAttempt) -> ExamState:
    """Start an attempt, or return the one that runs."""
    return delivery.start_assessment(caller, address, quiz_id, body.access_code, QUIZ_MODES)


@api.get("/api/quizzes/{quizId}/results", access=OWNER, owner_of=Assessment)
def list_quiz_results(caller: Caller, quiz_id: str, listing: Annotated[Listing, Query()]) -> ResultsView:
    """Show the attempts at a quiz with statistics of all of them."""
    return results.results(caller, quiz_id, listing, QUIZ_MODES)
