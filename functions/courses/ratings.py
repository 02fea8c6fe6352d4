"""Ratings of courses: one a student, who may change it."""

from typing import Any

from lyceum.events.courses import CourseRated
from lyceum.kit import clock
from lyceum.kit.errors import Forbidden
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.model.courses.course import Course, CourseRating
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access

from functions.courses.schemas.ratings import RateCourse


def rate(caller: Principal, course_id: str, wanted: RateCourse) -> CourseRating:
    """Rate a course or change the rating.

    Raises Forbidden NOT_ENROLLED for somebody who never was in the course, and Conflict for two ratings at once.
    """
    mine: dict[str, Any] = {"course_id": course_id, "user_id": caller.user_id}
    found, enrolment, earlier = batch_fetch(
        [Course.at(course_id=course_id), Enrolment.at(**mine), CourseRating.at(**mine)], consistent=True
    )
    course_access.visible(caller, found, enrolment)
    if not isinstance(enrolment, Enrolment):
        raise Forbidden("Only those who take a course rate it.", code="NOT_ENROLLED")
    rating = earlier if isinstance(earlier, CourseRating) else CourseRating(**mine)
    rated = CourseRated(**mine, stars=wanted.stars, earlier_stars=rating.stars)
    rating.stars, rating.review, rating.rated_at = wanted.stars, wanted.review, clock.now()
    (Unit().replace(rating, rated) if rating.version else Unit().create(rating, rated)).commit()
    return rating


def newest(course_id: str, query: Listing) -> Slice[CourseRating]:
    """Read a page of a course's ratings, newest first (1 request)."""
    return find(
        CourseRating, index="gsi1", course_id=course_id, limit=query.limit, after=query.start_key(), descending=True
    )
