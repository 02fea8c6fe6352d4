"""Practice tests over HTTP; submitting one and its result are the scorer's."""

from typing import Annotated

from lyceum.http import INSTRUCTOR, OWNER, STUDENT, USER, Address, Api, Caller, IfMatch, Page, Query

from functions.exams import assessments, sessions, standings
from functions.exams.assessment_schemas import AnalyticsView, AssessmentView, ChangePracticeTest, NewPracticeTest, OwnAssessmentView, TestFilter
from functions.exams.assessments import TEST_MODES
from functions.exams.schemas import BeginSitting, ExamState, Removed

api = Api("exams")
handler = api.handler


@api.get("/api/practice-tests", access=USER)
def list_practice_tests(query: Annotated[TestFilter, Query()]) -> Page[AssessmentView]:
    """List published practice tests by subject and grade level."""
    return assessments.list_tests(query)


@api.post("/api/practice-tests", access=INSTRUCTOR, status=201, idempotent=True)
def create_practice_test(caller: Caller, body: NewPracticeTest) -> OwnAssessmentView:
    """Make a practice test from questions or from a blueprint."""
    return assessments.create_test(caller, body)


@api.get("/api/practice-tests/{testId}", access=USER)
def show_practice_test(caller: Caller, test_id: str) -> OwnAssessmentView:
    """Show a practice test: to everybody what it is, to its owner also what it asks."""
    return assessments.show(caller, test_id, TEST_MODES)


@api.put("/api/practice-tests/{testId}", access=OWNER)
def change_practice_test(caller: Caller, test_id: str, body: ChangePracticeTest, if_match: IfMatch) -> OwnAssessmentView:
    """Change or publish a practice test; attempts that run stay as they are."""
    return assessments.change(caller, test_id, body, TEST_MODES, if_match)


@api.delete("/api/practice-tests/{testId}", access=OWNER)
def delete_practice_test(caller: Caller, test_id: str, if_match: IfMatch) -> Removed:
    """Take a practice test away; results of earlier attempts stay."""
    assessments.delete(caller, test_id, TEST_MODES, if_match)
    return Removed(id=test_id)


@api.post("/api/practice-tests/{testId}/start", access=STUDENT, status=201, limit="10/hour", idempotent=True)
def start_practice_test(caller: Caller, address: Address, test_id: str, body: BeginSitting) -> ExamState:
    """Start an attempt, or return the one that runs."""
    return sessions.begin_sitting(caller, address, test_id, body.access_code, TEST_MODES)


@api.get("/api/practice-tests/{testId}/analytics", access=OWNER)
def show_analytics(caller: Caller, test_id: str) -> AnalyticsView:
    """Show the distribution of scores and how each question did."""
    return standings.analytics(caller, test_id, TEST_MODES)
