"""Assignments, submissions and grades over HTTP."""

from typing import Annotated

from lyceum.kit.http import OWNER, USER, Api, Caller, Document, Forced, IfMatch, Listing, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.model.assignments import Assignment
from lyceum.model.courses.course import Course
from lyceum.rules.sessions import recheck

from functions.assignments import authoring, listing, reading, repairs, submissions, views
from functions.assignments.grades import gradebook, gradebook_export, grading, reports
from functions.assignments.grades.schemas import Grade, Gradebook, GradebookQuery, GradeReport
from functions.assignments.schemas.assignments import (
    AssignmentQuery,
    AssignmentRow,
    AssignmentView,
    ChangedAssignment,
    CourseAssignmentQuery,
    NewAssignment,
    Removed,
)
from functions.assignments.schemas.repairs import FixAssignments, Repairs
from functions.assignments.schemas.rubrics import NewRubric, RubricView
from functions.assignments.schemas.submissions import DraftView, GradeView, OwnSubmission, SubmissionRow, Submit

api = Api("assignments", recheck=recheck)
handler = api.handler
_LONG_TEXT_BYTES = 256 * 1024


@api.get("/api/courses/{courseId}/assignments", access=USER)
def list_course_assignments(
    caller: Caller, course_id: str, query: Annotated[CourseAssignmentQuery, Query()]
) -> Page[AssignmentRow]:
    """List the assignments of a course with one's own state or, for its instructor, that of a student."""
    return listing.of_course(caller, course_id, query)


@api.get("/api/assignments", access=USER)
def list_assignments(caller: Caller, query: Annotated[AssignmentQuery, Query()]) -> Page[AssignmentRow]:
    """List one's own assignments in every course."""
    return listing.own(caller, query)


@api.post(
    "/api/assignments",
    access=may(Permission.WRITE_COURSES),
    status=201,
    idempotent=True,
    max_body_bytes=_LONG_TEXT_BYTES,
)
def create_assignment(caller: Caller, body: NewAssignment) -> AssignmentView:
    """Set an assignment in a course."""
    return views.taught(authoring.create(caller, body))


@api.post(
    "/api/assignments/submit",
    access=may(Permission.LEARN),
    limit="120/hour",
    idempotent=True,
    max_body_bytes=_LONG_TEXT_BYTES,
)
def submit_assignment(caller: Caller, body: Submit) -> OwnSubmission:
    """Hand an assignment in."""
    detail, submission, attempt = submissions.submit(caller, body)
    return views.own_submission(detail, caller.user_id, submission, attempt)


@api.get("/api/assignments/{assignmentId}", access=USER)
def show_assignment(caller: Caller, assignment_id: str) -> AssignmentView:
    """Show an assignment with one's own submission or, to its instructor, those of all."""
    return reading.show(caller, assignment_id)


@api.put("/api/assignments/{assignmentId}", access=OWNER, owner_of=Assignment, max_body_bytes=_LONG_TEXT_BYTES)
def update_assignment(caller: Caller, assignment_id: str, body: ChangedAssignment, if_match: IfMatch) -> AssignmentView:
    """Replace an assignment's fields, and the extensions of single students."""
    return views.taught(authoring.update(caller, assignment_id, body, if_match))


@api.delete("/api/assignments/{assignmentId}", access=OWNER, owner_of=Assignment)
def delete_assignment(
    caller: Caller,
    assignment_id: str,
    if_match: IfMatch,
    force: Forced = False,
) -> Removed:
    """Take an assignment away; one with grades only by an admin's force."""
    authoring.delete(caller, assignment_id, if_match, is_forced=force)
    return Removed(id=assignment_id)


@api.post("/api/assignments/{assignmentId}/start", access=may(Permission.LEARN))
def start_assignment(caller: Caller, assignment_id: str) -> OwnSubmission:
    """Begin an assignment."""
    detail, submission = submissions.start(caller, assignment_id)
    return views.own_submission(detail, caller.user_id, submission)


@api.post("/api/assignments/{assignmentId}/grade", access=OWNER, owner_of=Assignment, idempotent=True)
def grade_submission(caller: Caller, assignment_id: str, body: Grade) -> DraftView:
    """Grade a submission by points or by the rubric."""
    _, record = grading.grade(caller, assignment_id, body)
    return views.given(record)


@api.get("/api/assignments/{assignmentId}/submissions", access=OWNER, owner_of=Assignment)
def list_submissions(caller: Caller, assignment_id: str, query: Annotated[Listing, Query()]) -> Page[SubmissionRow]:
    """List what was handed in, 33 on a page at most."""
    return reading.submissions(caller, assignment_id, query)


@api.get("/api/assignments/{assignmentId}/feedback", access=may(Permission.LEARN))
def show_feedback(caller: Caller, assignment_id: str) -> GradeView:
    """Show one's own grade with its feedback."""
    return reading.feedback(caller, assignment_id)


@api.post("/api/assignments/{assignmentId}/rubric", access=OWNER, owner_of=Assignment)
def set_rubric(caller: Caller, assignment_id: str, body: NewRubric) -> RubricView:
    """Say by what an assignment is graded."""
    return RubricView.model_validate(authoring.set_rubric(caller, assignment_id, body))


@api.get("/api/grades/{userId}", access=USER)
def show_grades(caller: Caller, user_id: str) -> GradeReport:
    """Report a student's grades; instructors see those in their own courses."""
    return reports.report(caller, user_id)


@api.get("/api/courses/{courseId}/gradebook", access=OWNER, owner_of=Course, also="text/csv")
def show_gradebook(caller: Caller, course_id: str, query: Annotated[GradebookQuery, Query()]) -> Gradebook | Document:
    """Show a course's grades, students by assessments."""
    return gradebook.show(caller, course_id, query)


@api.post(
    "/api/courses/{courseId}/gradebook", access=OWNER, owner_of=Course, status=202, idempotent=True, limit="20/hour"
)
def export_gradebook(caller: Caller, course_id: str) -> JobView:
    """Write the whole gradebook as CSV by a job, which names the file when it is done."""
    return view(gradebook_export.start(caller, course_id))


@api.post("/api/admin/fix-assignments", access=may(Permission.MANAGE_COMPLIANCE), limit="120/hour")
def check_assignments(body: FixAssignments) -> Repairs:
    """Check assignment data for contradictions and, unless it is a dry run, repair and audit each."""
    return repairs.run(body)
