"""Assignment data that contradicts itself is found, told, and repaired with an audit each."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.table import Unit
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics
from lyceum.model.audit import AuditEvent
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
    assert fix(courseId=term.course_id, dryRun=False) == [("orphaned_row", True)], "what was just written may settle"
    clock.advance(minutes=10)
    found = fix(courseId=term.course_id, dryRun=False)
    kinds = ["wrong_row", "missing_reminder", "wrong_count", "wrong_count"]
    assert [kind for kind, _ in found] == kinds
    for _ in range(4):  # what two repairs of one item say at once is left to the next run
        clock.advance(minutes=10)
        found = fix(courseId=term.course_id, dryRun=False)
    assert found == []
    fixed = Assignment.require(assignment_id=graded)
    assert (fixed.graded_count, fixed.reminder) == (1, "pending")
    right = AssignmentStatistics.require(assignment_id=graded)
    assert (right.submitted, right.graded, right.percent_sum, right.tenths_7) == (1, 1, 7500, 1)
    items = client.cloud.items(client.tenant)
    acts = [AuditEvent.from_raw_data(item) for item in items if item["kind"]["S"] == "audit_event"]
    assert len([act for act in acts if act.action == "assignment.fix"]) == 5


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
