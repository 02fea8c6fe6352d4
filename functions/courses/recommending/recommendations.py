"""Courses that may come next for somebody; each says why. Never what is full, closed, taken or done already.

What is found is kept for a day, or until a course is completed, so a read takes 2 requests. What is shown is asked of
the courses as they are now.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch, fetch_many, find
from lyceum.messages.spoken import say
from lyceum.model.courses.course import Course, CourseRanking, DependentCourse
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.recommendations import CourseNeighbours, CourseSuggestions
from lyceum.model.users.account import User

from functions.courses.recommending.schemas import CourseReason, CourseRecommendations, RecommendedCourse

KEPT = timedelta(days=1)
_MOST_OWN, _MOST_CANDIDATES, _LATEST = 100, 40, 5
_LIKED = 30
_NEXT, _DEPARTMENT, _POPULAR = 1.0, 0.3, 0.1
"""What the rules weigh beside the likeness of neighbours, which is at most 1 for each."""
Row = dict[str, Any]


def show(caller: Principal, limit: int) -> CourseRecommendations:
    """Return what may come next for the caller (2 requests; once a day up to 12)."""
    user, kept = fetch_many(User.at(user_id=caller.user_id), CourseSuggestions.at(user_id=caller.user_id))
    if kept is None or kept.made_at < clock.now() - KEPT:
        kept = _find(caller.user_id, user)
    named: list[Entity] = []
    for row in kept.rows:
        mine: dict[str, Any] = {"course_id": row["id"], "user_id": caller.user_id}
        named += [Course.at(course_id=row["id"]), Enrolment.at(**mine)]
    found = batch_fetch(named) if named else []
    done = set(kept.completed_ids)
    shown = [
        _shown(row, course)
        for row, course, enrolment in zip(kept.rows, found[::2], found[1::2], strict=True)
        if isinstance(course, Course) and enrolment is None and may_enter(course, done)
    ]
    return CourseRecommendations(recommendations=shown[:limit], as_of=kept.made_at)


def may_enter(course: Course, done: set[str]) -> bool:
    """Say whether a course takes students, has a seat, and asks for nothing that is not completed."""
    is_full = course.capacity is not None and course.enrolment_count >= course.capacity
    return course.status == "published" and not is_full and set(course.prerequisite_ids or ()) <= done


def forget(unit: Unit, user_id: str) -> None:
    """Have what may come next found anew."""
    unit.remove(CourseSuggestions.at(user_id=user_id))


def _find(user_id: str, user: User | None) -> CourseSuggestions:
    enrolments = find(Enrolment, index="gsi1", user_id=user_id, limit=_MOST_OWN).items
    own = {each.course_id for each in enrolments}
    done = sorted(each.course_id for each in enrolments if each.completed_at)
    latest = sorted((each.completed_at, each.course_id) for each in enrolments if each.completed_at)[::-1]
    candidates: dict[str, Row] = {}
    for _, course_id in latest[:_LATEST]:
        for follower in find(DependentCourse, course_id=course_id).items:
            _add(candidates, follower.dependent_id, _NEXT, {"rule": "next", "courseId": course_id})
    basis = done or sorted(own)
    for known in batch_fetch([CourseNeighbours.at(course_id=name) for name in basis]) if basis else []:
        if isinstance(known, CourseNeighbours):
            for other, people, likeness in known.rows:
                why = {"rule": "taken_together", "courseId": known.course_id, "people": people}
                _add(candidates, other, likeness, why)
    _add_liked(candidates, user)
    ordered = sorted(
        (row for row in candidates.values() if row["id"] not in own), key=lambda row: (-row["score"], row["id"])
    )
    made = CourseSuggestions(
        user_id=user_id, made_at=clock.now(), rows=ordered[:_MOST_CANDIDATES], completed_ids=done, ttl=7 * KEPT
    )
    Unit().put(made).commit()
    return made


def _add_liked(candidates: dict[str, Row], user: User | None) -> None:
    """Add what is liked in the user's department, and by everybody."""
    profile = user.profile if user else {}
    department_id = profile.get("department_id") or profile.get("departmentId")
    if department_id:
        within = find(Course, index="gsi1", department_id=department_id, limit=_MOST_OWN).items
        _add_by_rank(candidates, _by_students(within)[:_LIKED], _DEPARTMENT, "department")
    liked = find(CourseRanking, index="gsi1", limit=_LIKED, descending=True).items
    _add_by_rank(candidates, [each.course_id for each in liked], _POPULAR, "popular")


def _by_students(courses: Iterable[Course]) -> list[str]:
    ordered = sorted(courses, key=lambda course: (-course.enrolment_count, course.course_id))
    return [course.course_id for course in ordered if course.status == "published"]


def _add_by_rank(candidates: dict[str, Row], names: Sequence[str], weight: float, rule: str) -> None:
    for place, name in enumerate(names):
        _add(candidates, name, weight * (1 - place / (len(names) + 1)), {"rule": rule})


def _add(candidates: dict[str, Row], course_id: str, score: float, why: dict[str, Any]) -> None:
    row = candidates.setdefault(course_id, {"id": course_id, "score": 0.0, "why": []})
    row["score"] = round(row["score"] + score, 4)
    row["why"].append(why)


def _shown(row: Row, course: Course) -> RecommendedCourse:
    return RecommendedCourse(
        course_id=course.course_id,
        title=course.title,
        code=course.code or None,
        department_id=course.department_id,
        level=int(course.level),
        difficulty=course.difficulty,
        category=course.category,
        student_count=int(course.enrolment_count),
        mean_rating=round(course.rating_sum / course.rating_count, 2) if course.rating_count else None,
        score=row["score"],
        reasons=[
            CourseReason(
                rule=why["rule"],
                reason=say(f"reason.course.{why['rule']}", people=why.get("people")),
                course_id=why.get("courseId"),
                people=why.get("people"),
            )
            for why in row["why"]
        ],
    )
