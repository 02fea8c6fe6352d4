"""Everything about one assignment, read in one request."""

from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import NotFound
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Principal
from lyceum.kit.table import fetch_partition
from lyceum.model.assignments import Assignment, AssignmentStatistics, AssignmentText, Extensions, Rubric
from lyceum.model.courses.course import Course
from lyceum.rules.courses import course_access
from lyceum.rules.courses.due_dates import own_due_at


@frozen
class AssignmentDetail:
    """An assignment with its text, rubric, extensions and statistics."""

    assignment: Assignment
    text: AssignmentText | None
    rubric: Rubric | None
    extensions: Extensions | None
    statistics: AssignmentStatistics | None

    def extension_of(self, user_id: str) -> dict[str, Any]:
        """Return a student's extension; empty when there is none."""
        found: dict[str, Any] = self.extensions.by_user.get(user_id, {}) if self.extensions else {}
        return found

    def due_at(self, user_id: str) -> datetime | None:
        """Return when a student's work is due."""
        return own_due_at(self.assignment.due_at, self.extension_of(user_id))

    def due_dates(self) -> list[datetime]:
        """Return the dates at which it is due for somebody, the class's own first."""
        users = self.extensions.by_user if self.extensions else {}
        dates = {self.assignment.due_at, *(self.due_at(each) for each in users)}
        return sorted(each for each in dates if each)

    def has_same_terms(self) -> Condition:
        """Return the condition that due date, extensions and late policy are as they were read."""
        read = int(self.assignment.terms_revision)
        is_same: Condition = Assignment.terms_revision == read
        if read == 1:  # an assignment that is older than the count has none
            is_same |= Assignment.terms_revision.does_not_exist()
        unchanged: Condition = Assignment.pk.exists() & is_same
        return unchanged

    def attempts_of(self, user_id: str) -> int:
        """Return how often a student may hand in."""
        return int(self.assignment.max_attempts) + int(self.extension_of(user_id).get("extra_attempts", 0))


def read_detail(assignment_id: str) -> AssignmentDetail:
    """Read an assignment (1 request); raises NotFound when there is none."""
    parts = fetch_partition(Assignment, consistent=True, assignment_id=assignment_id)
    found: dict[type, Any] = {type(part): part for part in parts}
    if Assignment not in found:
        raise NotFound("There is no such assignment.")
    return AssignmentDetail(
        found[Assignment], *(found.get(kind) for kind in (AssignmentText, Rubric, Extensions, AssignmentStatistics))
    )


def taught_detail(caller: Principal, assignment_id: str) -> tuple[AssignmentDetail, Course]:
    """Read an assignment that the caller may change and grade, since they teach its course, and that (2 requests).

    Raises Forbidden for another's course, and NotFound for another's draft.
    """
    detail = read_detail(assignment_id)
    return detail, course_access.taught_by_id(caller, detail.assignment.course_id)
