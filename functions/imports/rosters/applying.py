"""Puts classes and enrolments of a roster into courses, a page at a time; what is done twice changes nothing."""

from collections.abc import Sequence

from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.auth import LoginName
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.imports import RosterClass
from lyceum.model.users.account import User
from lyceum.rules.courses import rosters
from lyceum.rules.sign_in_names import fold
from lyceum.tasks.imports import ImportPeople

from functions.imports.rosters.outcomes import Outcome
from functions.imports.rosters.tables import ClassRow, EnrolmentRow, Roster

_TEACHING = frozenset({"teacher"})
_LEARNING = frozenset({"student", "learner"})
_STUDENTS = 100


class Applying:
    """A roster that is put into courses.

    Attributes:
        task: Whose job it is; nothing is written by a dry run.
        roster: What the school says.
        people: The school's ids of people whom the same file brings, who may not be there yet in a dry run.
    """

    def __init__(self, task: ImportPeople, roster: Roster, people: frozenset[str]) -> None:
        self.task, self.roster, self.people = task, roster, people
        self._titles = {each.sourced_id: each for each in roster.classes}
        self._courses: dict[str, Course | None] = {}

    def classes(self, rows: Sequence[ClassRow]) -> list[Outcome]:
        """Open a course for each class that is new, and take over titles that nobody changed here."""
        return [self._class(each) for each in rows]

    def enrolments(self, rows: Sequence[EnrolmentRow]) -> list[Outcome]:
        """Put people into courses and take out those whose enrolment is over."""
        return [self._tried(each) for each in rows]

    def members(self, row: ClassRow) -> list[Outcome]:
        """Take those out of a course whom the roster put in and does not name any more; for whole rosters alone."""
        course = self._course(row.sourced_id)
        if course is None:
            return []
        named = {self._user_id(each.user_id) for each in self.roster.enrolments if each.class_id == row.sourced_id}
        found: list[Outcome] = []
        after = None
        while True:
            page = find(Enrolment, course_id=course.course_id, limit=_STUDENTS, after=after)
            for each in page.items:
                is_ours = each.state == "active" and each.roster_class == row.sourced_id
                if is_ours and each.user_id not in named:
                    found.append(self._left(0, each, course))
            after = page.last_key
            if after is None:
                return found

    def _class(self, row: ClassRow) -> Outcome:
        known = RosterClass.fetch(sourced_id=row.sourced_id, consistent=True) if row.sourced_id else None
        if not row.sourced_id:
            return Outcome(row.row, "wrong", field="sourcedId", message="A class has an id.", kind="class")
        if known is None:
            return self._opened(row)
        course = self._course(row.sourced_id)
        told = {"course_id": known.course_id, "kind": "class"}
        if course is None or row.is_gone:
            return Outcome(row.row, "unchanged", **told)
        if known.title == row.title:
            return Outcome(row.row, "unchanged", **told)
        if not self.task.dry_run:
            unit = Unit()
            if course.title == known.title:
                rosters.rename(unit, course, row.title)
            known.title = row.title
            unit.replace(known).create(audit("course.roster", course.course_id, before={}, after={"fields": ["title"]}))
            unit.commit()
        return Outcome(row.row, "updated", **told)

    def _opened(self, row: ClassRow) -> Outcome:
        if row.is_gone:
            return Outcome(row.row, "left out", message="The school has this class no more.", kind="class")
        if self.task.dry_run:
            return Outcome(row.row, "created", message=row.title, kind="class")
        unit = Unit()
        course = rosters.open_course(unit, self.task.owner_id, row.title, "; ".join(row.terms))
        entry = RosterClass(sourced_id=row.sourced_id, course_id=course.course_id, title=row.title)
        unit.create(entry).create(audit("course.roster", course.course_id, before={}, after={"class": True})).commit()
        self._courses[row.sourced_id] = course
        return Outcome(row.row, "created", course_id=course.course_id, message=row.title, kind="class")

    def _course(self, class_id: str) -> Course | None:
        """Return the course of a class (2 storage requests, none a second time); None where there is none any more."""
        if class_id not in self._courses:
            known = RosterClass.fetch(sourced_id=class_id, consistent=True) if class_id else None
            course = Course.fetch(course_id=known.course_id, consistent=True) if known else None
            self._courses[class_id] = course if course is not None and course.status != "deleted" else None
        return self._courses[class_id]

    def _user_id(self, school_id: str) -> str | None:
        if not school_id:
            return None
        found = find(LoginName, index="gsi1", name=fold(school_id), limit=1).items
        return found[0].user_id if found else None

    def _tried(self, row: EnrolmentRow) -> Outcome:
        try:
            return self._enrolment(row)
        except Conflict as error:
            self._courses.pop(row.class_id, None)
            return Outcome(row.row, "refused", field=error.code, message=error.message, kind="enrolment")

    def _enrolment(self, row: EnrolmentRow) -> Outcome:
        if row.role not in _TEACHING | _LEARNING:
            return Outcome(row.row, "not taken", field="role", message=row.role[:40], kind="enrolment")
        course, user_id = self._course(row.class_id), self._user_id(row.user_id)
        if course is None or user_id is None:
            return self._unknown(row, course)
        if row.role in _LEARNING:
            return self._learning(row, course, user_id)
        return self._teaching(row, course, User.require(user_id=user_id, consistent=True))

    def _unknown(self, row: EnrolmentRow, course: Course | None) -> Outcome:
        """Tell what a row would do whose class or person comes by the same file, or that it names nobody."""
        is_known = course is not None or row.class_id in self._titles
        if self.task.dry_run and is_known and (self._user_id(row.user_id) or row.user_id in self.people):
            return Outcome(row.row, "left" if row.is_over else "enrolled", kind="enrolment")
        field = "userSourcedId" if is_known else "classSourcedId"
        if row.is_over:
            return Outcome(row.row, "unchanged", kind="enrolment")
        return Outcome(
            row.row, "wrong", field=field, message="This is nobody's and nothing's id here.", kind="enrolment"
        )

    def _learning(self, row: EnrolmentRow, course: Course, user_id: str) -> Outcome:
        known = Enrolment.fetch(course_id=course.course_id, user_id=user_id, consistent=True)
        is_in = known is not None and known.state == "active"
        if row.is_over and known is not None and is_in and known.roster_class == row.class_id:
            return self._left(row.row, known, course)
        told = {"user_id": user_id, "course_id": course.course_id, "kind": "enrolment"}
        if is_in or row.is_over:
            return Outcome(row.row, "unchanged", **told)
        if not self.task.dry_run:
            unit = Unit()
            rosters.enter(unit, course.course_id, user_id, known, row.class_id)
            unit.commit()
        return Outcome(row.row, "enrolled", **told)

    def _left(self, number: int, enrolment: Enrolment, course: Course) -> Outcome:
        if not self.task.dry_run:
            unit = Unit()
            rosters.leave(unit, enrolment)
            unit.commit()
        return Outcome(number, "left", enrolment.user_id, course_id=course.course_id, kind="enrolment")

    def _teaching(self, row: EnrolmentRow, course: Course, user: User) -> Outcome:
        told = {"course_id": course.course_id, "kind": "enrolment"}
        is_beside = user.user_id in (course.teacher_ids or ())
        unit = Unit()
        if row.is_over:
            if not is_beside:
                return Outcome(row.row, "unchanged", user.user_id, **told)
            rosters.stop_teaching(unit, course, user.user_id)
        elif is_beside or course.instructor_id == user.user_id:
            return Outcome(row.row, "unchanged", user.user_id, **told)
        elif not rosters.may_teach(user):
            why = "This person's role does not teach."
            return Outcome(row.row, "refused", user.user_id, field="role", message=why, **told)
        else:
            rosters.teach(unit, course, user, as_instructor=course.instructor_id == self.task.owner_id)
        if self.task.dry_run:
            self._courses.pop(row.class_id)
        else:
            unit.create(audit("course.roster", course.course_id, before={}, after={"teaches": not row.is_over}))
            unit.commit()
        return Outcome(row.row, "left" if row.is_over else "teaches", user.user_id, **told)
