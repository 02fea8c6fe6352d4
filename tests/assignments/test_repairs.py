"""Assignment data that contradicts itself is found, told, and repaired with an audit each."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.table import Unit, find
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics, Extensions, Submission
from lyceum.model.audit import AuditEvent
from lyceum.model.courses.course import Course
from tests.assignments.conftest import Term
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

Fix = Callable[..., list[tuple[str, bool]]]


@pytest.fixture
def fix(client: Client) -> Fix:
    """Let an administrator look through all courses, or repair them; returns kinds and whether they were repaired."""

    def go(**body: Any) -> list[tuple[str, bool]]:
        with within_rights():
            told = client.as_("admin").post("/api/admin/fix-assignments", body).data
        return [(each["kind"], each["isRepaired"]) for each in told["findings"]]

    return go


@pytest.fixture
def graded(term: Term, client: Client, clock: Clock) -> str:
    """An assignment that was handed in and graded, some time ago."""
    assignment_id = term.assignment()
    assert term.submit(term.ada, assignment_id).status < 300
    assert deliver(client.cloud, client.tenant) == 0
    assert term.grade(assignment_id, term.ada).status < 300
    assert deliver(client.cloud, client.tenant) == 0
    clock.advance(minutes=10)
    return assignment_id


def test_what_the_product_wrote_contradicts_itself_nowhere(fix: Fix, graded: str) -> None:
    assert fix() == []


def test_a_dry_run_tells_and_changes_nothing(fix: Fix, graded: str, clock: Clock) -> None:
    Unit().change(Assignment.at(assignment_id=graded), Assignment.graded_count.set(7)).commit()
    clock.advance(minutes=10)
    assert fix() == fix() == [("wrong_count", False)]
    assert Assignment.require(assignment_id=graded).graded_count == 7


def test_everything_that_is_wrong_is_repaired_once_and_audited(
    client: Client, term: Term, fix: Fix, graded: str, clock: Clock
) -> None:
    assignment = Assignment.require(assignment_id=graded)
    assignment.graded_count, assignment.reminder, assignment.title = 0, None, "Another essay"
    Unit().replace(assignment).commit()
    statistics = AssignmentStatistics.require(assignment_id=graded)
    statistics.submitted, statistics.percent_sum = 9, 1
    Unit().replace(statistics).commit()
    index = AssignmentIndex.require(course_id=term.course_id)
    index.rows = [*index.rows, {**index.rows[0], "assignment_id": "0" * 26}]
    Unit().replace(index).commit()
    found = fix(courseId=term.course_id, dryRun=False)
    kinds = ["wrong_row", "missing_reminder", "wrong_count", "wrong_count", "orphaned_row"]
    assert [kind for kind, _ in found] == kinds
    assert [done for _, done in found] == [True, True, True, False, True], (
        "statistics that were just written may settle"
    )
    clock.advance(minutes=10)
    assert fix(courseId=term.course_id) == [("wrong_count", False)]
    assert fix(courseId=term.course_id, dryRun=False) == [("wrong_count", True)]
    assert fix(courseId=term.course_id) == []
    fixed = Assignment.require(assignment_id=graded)
    assert (fixed.graded_count, fixed.reminder) == (1, "pending")
    right = AssignmentStatistics.require(assignment_id=graded)
    assert (right.submitted, right.graded, right.percent_sum, right.tenths_7) == (1, 1, 7500, 1)
    items = client.cloud.items(client.tenant)
    acts = [AuditEvent.from_raw_data(item) for item in items if item["kind"]["S"] == "audit_event"]
    assert len([act for act in acts if act.action == "assignment.fix"]) == 5


def test_statistics_whose_events_may_be_on_their_way_are_told_and_left_alone(
    client: Client, term: Term, fix: Fix, graded: str, clock: Clock
) -> None:
    assert term.submit(term.bola, graded).status < 300
    told = client.as_("admin").post("/api/admin/fix-assignments", {"dryRun": False}).data["findings"]
    assert [(each["kind"], each["isSettling"], each["isRepaired"]) for each in told] == [("wrong_count", True, False)]
    assert deliver(client.cloud, client.tenant) == 0
    clock.advance(minutes=10)
    assert fix() == []


def test_an_assignment_that_no_list_shows_is_entered_again(term: Term, fix: Fix, graded: str) -> None:
    index = AssignmentIndex.require(course_id=term.course_id)
    rows, index.rows = index.rows, []
    Unit().replace(index).commit()
    assert fix() == [("missing_row", False)]
    assert fix(courseId=term.course_id, dryRun=False) == [("missing_row", True)]
    assert AssignmentIndex.require(course_id=term.course_id).rows == rows
    assert fix() == []


def test_an_assignment_whose_course_is_gone_is_taken_away(client: Client, term: Term, fix: Fix, graded: str) -> None:
    Unit().remove(Course.at(course_id=term.course_id)).commit()
    assert fix() == [("orphaned_assignment", False)]
    assert fix(dryRun=False) == [("orphaned_assignment", True)]
    assert deliver(client.cloud, client.tenant) == 0
    assert Assignment.fetch(assignment_id=graded) is None
    assert find(Submission, assignment_id=graded).items == []
    assert fix() == []


def test_a_later_date_of_a_student_that_waits_for_no_reminder_does_again(term: Term, fix: Fix, graded: str) -> None:
    later = [{"userId": term.ada.user_id, "dueAt": "2027-01-25T12:00:00"}]
    fields = {"title": "Essay", "points": "20", "dueAt": "2027-01-20T23:59:00", "extensions": later}
    assert term.teacher.put(f"/api/assignments/{graded}", fields).status == 200
    assert fix() == []
    extensions = Extensions.require(assignment_id=graded)
    day, extensions.reminder = extensions.due_day, None
    Unit().replace(extensions).commit()
    assert fix(dryRun=False) == [("missing_reminder", True)]
    mended = Extensions.require(assignment_id=graded)
    assert (mended.reminder, mended.due_day) == ("pending", day)


def test_courses_are_looked_through_a_few_at_a_time_and_by_administrators_alone(
    client: Client, term: Term, fix: Fix
) -> None:
    for _ in range(6):
        term.school.course()
    admin = client.as_("admin")
    first = admin.post("/api/admin/fix-assignments", {}).data
    assert (first["courses"], first["dryRun"]) == (5, True)
    rest = admin.post("/api/admin/fix-assignments", {"afterCourseId": first["nextCourseId"]}).data
    assert (rest["courses"], rest.get("nextCourseId")) == (2, None)
    assert client.as_("moderator").post("/api/admin/fix-assignments", {}).status == 403
