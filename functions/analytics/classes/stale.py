"""Which reports are to be worked out again.

The mark is written by itself, behind what it tells of: in its transaction, everybody who does something in a course at
once would wait for the others.
"""

from collections.abc import Callable
from contextlib import suppress

from lyceum.kit import ids
from lyceum.kit.table import ConditionFailed, Unit, find_all
from lyceum.model.analytics.classes import StaleReport
from lyceum.model.courses.course import Course
from lyceum.rules.courses import course_access

from functions.analytics.classes import course_reports, teacher_reports


def of_course(course_id: str) -> str:
    """Name the report of a course."""
    return f"course#{course_id}"


def of_teacher(user_id: str) -> str:
    """Name the report of a teacher."""
    return f"teacher#{user_id}"


def mark(*subjects: str) -> None:
    """Note that reports are to be worked out again (1 request each)."""
    for subject in subjects:
        Unit().put(StaleReport(subject=subject, mark=ids.new_id())).commit()


def work_off(may_go_on: Callable[[], bool]) -> int:
    """Work out every report that is marked, those of courses first; what is marked meanwhile stays so.

    Whoever teaches a course that was worked out has theirs worked out too. Returns how many were.
    """
    done = 0
    marked = list(find_all(StaleReport))
    teachers = {each.subject.partition("#")[2] for each in marked if each.subject.startswith("teacher#")}
    for each in marked:
        kind, _, name = each.subject.partition("#")
        if not may_go_on():
            return done
        if kind == "course":
            teachers |= _course(name)
            done += 1
            _settle(each)
    for name in sorted(teachers):
        if not may_go_on():
            return done
        teacher_reports.work_out(name)
        done += 1
        for each in marked:
            if each.subject == of_teacher(name):
                _settle(each)
    return done


def _course(course_id: str) -> set[str]:
    course_reports.work_out(course_id)
    course = Course.fetch(course_id=course_id)
    return set(course_access.teachers_of(course)) if course is not None else set()


def _settle(report: StaleReport) -> None:
    with suppress(ConditionFailed):
        Unit().remove(report, when=StaleReport.mark == report.mark).commit()
