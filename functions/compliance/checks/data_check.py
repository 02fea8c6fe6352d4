"""The check of a part of the data that one request can read; a whole table is checked by `make check-data`."""

from collections.abc import Iterator

from lyceum.kit.errors import rule_violation
from lyceum.kit.table import Entity, batch_fetch, find, find_all
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics, Submission
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course, CourseOutline, CourseRating
from lyceum.model.courses.enrolments import Enrolment, SeatPart, Seats
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount

from functions.compliance.checks.inspection import Inspection
from functions.compliance.checks.schemas import DataCheck, DataCheckQuery

MOST_ACCOUNTS = 5_000
_OF_COURSES = (Enrolment, CourseRating, CourseOutline, AssignmentIndex, Topic, Submission)


def run(query: DataCheckQuery) -> DataCheck:
    """Check a page of courses with everything that they count, or all accounts of the tenant.

    Raises RuleViolation TOO_MANY_ACCOUNTS. Costs some storage requests for each course and for each assignment.
    """
    if query.part == "accounts":
        return _checked(Inspection((User,)).add(_accounts()), None)
    found = find(
        Course,
        index="gsi2",
        status=query.status,
        limit=query.limit,
        after=query.start_key(),
    )
    inspection = Inspection(_OF_COURSES)
    for course in found.items:
        inspection.add(_of_course(course))
    return _checked(inspection, query.cursor_after(found))


def _checked(inspection: Inspection, cursor: str | None) -> DataCheck:
    findings = inspection.findings()
    return DataCheck(is_consistent=not findings, items=inspection.items, findings=findings, next_cursor=cursor)


def _accounts() -> Iterator[Entity]:
    yield from find_all(UserCount)
    for number, user in enumerate(find_all(User, index="gsi1")):
        if number >= MOST_ACCOUNTS:
            raise rule_violation("TOO_MANY_ACCOUNTS", f"Over {MOST_ACCOUNTS} accounts: run make check-data.")
        yield user


def _of_course(course: Course) -> Iterator[Entity]:
    course_id = course.course_id
    names: list[Entity] = [
        Course.at(course_id=course_id), CourseOutline.at(course_id=course_id),
        Seats.at(course_id=course_id), AssignmentIndex.at(course_id=course_id),
    ]  # fmt: skip
    found = [each for each in batch_fetch(names, consistent=True) if each is not None]
    yield from found
    yield from find_all(Enrolment, course_id=course_id, consistent=True)
    yield from find_all(SeatPart, course_id=course_id, consistent=True)
    yield from find_all(CourseRating, course_id=course_id, consistent=True)
    yield from find_all(Topic, index="gsi1", course_id=course_id)
    for index in found:
        if isinstance(index, AssignmentIndex):
            yield from _assignments([str(row["assignment_id"]) for row in index.rows])


def _assignments(assignment_ids: list[str]) -> Iterator[Entity]:
    names = [kind.at(assignment_id=each) for each in assignment_ids for kind in (Assignment, AssignmentStatistics)]
    yield from (each for each in (batch_fetch(names, consistent=True) if names else []) if each is not None)
    for assignment_id in assignment_ids:
        yield from find_all(Submission, assignment_id=assignment_id, consistent=True)
