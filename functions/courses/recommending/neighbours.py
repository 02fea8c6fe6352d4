"""Neighbours of courses: who completed this one took that one too. Worked out each night from enrolments.

Likeness is the cosine of the sets of people: `both / sqrt(completed x took)` (item-based collaborative filtering:
Sarwar, Karypis, Konstan, Riedl 2001, *WWW10*, 285-295). Pairs of fewer than five people are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import find_all, write_many
from lyceum.model.courses.course import CourseRanking
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.recommendations import CourseNeighbours

FEWEST_PEOPLE = 5
_KEPT = 12


def work_out(may_go_on: Callable[[], bool]) -> int:
    """Work the neighbours of every published course out; returns of how many, 0 when there was no time to read all."""
    took: dict[str, set[str]] = {}
    completed: dict[str, set[str]] = {}
    for course in find_all(CourseRanking):
        if not may_go_on():
            return 0
        people = [(each.user_id, each.completed_at) for each in find_all(Enrolment, course_id=course.course_id)]
        took[course.course_id] = {user for user, _ in people}
        completed[course.course_id] = {user for user, at in people if at is not None}
    now = clock.now()
    found = neighbours(took, completed)
    write_many(
        CourseNeighbours(course_id=course_id, completed=len(completed[course_id]), rows=rows, as_of=now)
        for course_id, rows in found.items()
    )
    return len(found)


def neighbours(took: Mapping[str, set[str]], completed: Mapping[str, set[str]]) -> dict[str, list[list[Any]]]:
    """Return for each course the others with how many people and how like they are; pure."""
    courses_of: dict[str, list[str]] = defaultdict(list)
    for course_id, people in took.items():
        for user in people:
            courses_of[user].append(course_id)
    found = {}
    for course_id, people in completed.items():
        both = Counter(other for user in people for other in courses_of[user] if other != course_id)
        rows: list[list[Any]] = [
            [other, count, round(count / sqrt(len(people) * len(took[other])), 4)]
            for other, count in both.items()
            if count >= FEWEST_PEOPLE
        ]
        found[course_id] = sorted(rows, key=lambda row: (-row[2], row[0]))[:_KEPT]
    return found
