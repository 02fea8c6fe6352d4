"""Courses over HTTP."""

from typing import Annotated

from lyceum.kit.http import (
    OPTIONAL,
    OWNER,
    PUBLIC,
    USER,
    Api,
    Caller,
    Forced,
    IfMatch,
    Listing,
    MaybeCaller,
    Page,
    Query,
    may,
)
from lyceum.kit.identity import Permission
from lyceum.kit.table import Slice, find
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.courses.lessons import Lesson
from lyceum.rules.sessions import recheck

from functions.courses import (
    announcements,
    authoring,
    copies,
    course_page,
    listing,
    prerequisites,
    ratings,
    staff,
    views,
)
from functions.courses.enrolments import enrolment, progress, students, study
from functions.courses.enrolments.schemas import (
    CompletedLesson,
    CompleteLesson,
    CountedTime,
    EnrolmentView,
    ProgressView,
    StudentRow,
    StudyTimeReport,
)
from functions.courses.lessons import downloads, lessons
from functions.courses.lessons.schemas import (
    DownloadQuery,
    Downloads,
    LessonContent,
    LessonFields,
    LessonOrder,
    LessonRow,
    LessonView,
    NewLesson,
    OrderView,
)
from functions.courses.recommending import recommendations
from functions.courses.recommending.schemas import CourseRecommendations, RecommendationQuery
from functions.courses.schemas.announcements import AnnouncementView, NewAnnouncement
from functions.courses.schemas.course_page import CourseDetails, SyllabusTopic
from functions.courses.schemas.courses import (
    CopyCourse,
    CourseFields,
    CourseQuery,
    CourseView,
    NewCourse,
    Publishing,
    Removed,
)
from functions.courses.schemas.prerequisites import NewPrerequisite, Prerequisites
from functions.courses.schemas.ratings import RateCourse, RatingView
from functions.courses.schemas.staff import ChooseTeachers, Teachers

api = Api("courses", recheck=recheck)
handler = api.handler
_LONG_TEXT_BYTES = 256 * 1024


@api.get("/api/courses", access=OPTIONAL)
def list_courses(caller: MaybeCaller, query: Annotated[CourseQuery, Query()]) -> Page[CourseView]:
    """List courses with their statistics."""
    found = listing.search(caller, query)
    return query.page(Slice(views.course_views(found.items), found.last_key), CourseView.model_validate)


@api.post(
    "/api/courses", access=may(Permission.WRITE_COURSES), status=201, idempotent=True, max_body_bytes=_LONG_TEXT_BYTES
)
def create_course(caller: Caller, body: NewCourse) -> CourseView:
    """Add a course, of a department or of none."""
    return views.course_view(authoring.create(caller, body))


@api.get("/api/courses/{courseId}", access=OPTIONAL)
def show_course(caller: MaybeCaller, course_id: str) -> CourseDetails:
    """Show a course with its parts and one's own place in it."""
    return course_page.show(caller, course_id)


@api.put("/api/courses/{courseId}", access=OWNER, owner_of=Course, max_body_bytes=_LONG_TEXT_BYTES)
def update_course(caller: Caller, course_id: str, body: CourseFields, if_match: IfMatch) -> CourseView:
    """Replace a course's fields."""
    return views.course_view(authoring.update(caller, course_id, body, if_match))


@api.delete("/api/courses/{courseId}", access=OWNER, owner_of=Course)
def delete_course(
    caller: Caller,
    course_id: str,
    if_match: IfMatch,
    force: Forced = False,
) -> Removed:
    """Delete a course with everything in it; completions and grades stay their students'."""
    authoring.delete(caller, course_id, if_match, is_forced=force)
    return Removed(id=course_id)


@api.post("/api/courses/{courseId}/publish", access=OWNER, owner_of=Course)
def publish_course(caller: Caller, course_id: str, body: Publishing, if_match: IfMatch) -> CourseView:
    """Publish a course, or make it a draft again."""
    return views.course_view(authoring.publish(caller, course_id, if_match, is_published=body.is_published))


@api.post("/api/courses/{courseId}/copy", access=OWNER, owner_of=Course, status=201, limit="30/hour", idempotent=True)
def copy_course(caller: Caller, course_id: str, body: CopyCourse) -> CourseView:
    """Make a draft from a course: its lessons and assignments under new ids, without people and dates."""
    return views.course_view(copies.copy(caller, course_id, body))


@api.put("/api/courses/{courseId}/teachers", access=OWNER.proven(), owner_of=Course)
def choose_teachers(caller: Caller, course_id: str, body: ChooseTeachers) -> Teachers:
    """Say who teaches a course beside its instructor, or hand it over to another one."""
    return staff.choose(caller, course_id, body)


@api.get("/api/courses/{courseId}/topics", access=PUBLIC, cache_control="public, max-age=60")
def list_topics(course_id: str, query: Annotated[Listing, Query()]) -> Page[SyllabusTopic]:
    """List the topics of a course in their order, with question counts."""
    found = find(Topic, index="gsi1", course_id=course_id, limit=query.limit, after=query.start_key())
    return query.page(found, SyllabusTopic.model_validate)


@api.post("/api/courses/{courseId}/enroll", access=may(Permission.LEARN), status=201, limit="60/hour")
def enrol_in_course(caller: Caller, course_id: str) -> EnrolmentView:
    """Enter a course."""
    return EnrolmentView.model_validate(enrolment.enrol(caller, course_id))


@api.delete("/api/courses/{courseId}/enroll", access=may(Permission.LEARN))
def leave_course(caller: Caller, course_id: str) -> Removed:
    """Leave a course; what was completed is kept."""
    enrolment.leave(caller, course_id)
    return Removed(id=course_id)


@api.get("/api/courses/{courseId}/progress", access=USER)
def show_progress(caller: Caller, course_id: str) -> ProgressView:
    """Show one's own progress in a course."""
    return progress.own(caller, course_id)


@api.get("/api/courses/{courseId}/students", access=OWNER, owner_of=Course)
def list_students(caller: Caller, course_id: str, query: Annotated[Listing, Query()]) -> Page[StudentRow]:
    """List the students of a course with their progress, 50 on a page at most."""
    return students.page(caller, course_id, query)


@api.get("/api/courses/{courseId}/lessons", access=OPTIONAL)
def list_lessons(caller: MaybeCaller, course_id: str, query: Annotated[Listing, Query()]) -> Page[LessonRow]:
    """List the lessons of a course in their order."""
    return lessons.page(caller, course_id, query)


@api.post(
    "/api/courses/{courseId}/lessons",
    access=OWNER,
    owner_of=Course,
    status=201,
    idempotent=True,
    max_body_bytes=_LONG_TEXT_BYTES,
)
def add_lesson(caller: Caller, course_id: str, body: NewLesson) -> LessonView:
    """Add a lesson."""
    return lessons.add(caller, course_id, body)


@api.put("/api/courses/{courseId}/lessons/order", access=OWNER, owner_of=Course)
def reorder_lessons(caller: Caller, course_id: str, body: LessonOrder, if_match: IfMatch) -> OrderView:
    """Put all lessons of a course in another order."""
    return lessons.reorder(caller, course_id, body, if_match)


@api.put("/api/courses/{courseId}/lessons/{lessonId}", access=OWNER, owner_of=Course)
def update_lesson(caller: Caller, course_id: str, lesson_id: str, body: LessonFields, if_match: IfMatch) -> LessonView:
    """Replace a lesson's fields."""
    return lessons.update(caller, course_id, lesson_id, body, if_match)


@api.delete("/api/courses/{courseId}/lessons/{lessonId}", access=OWNER, owner_of=Course)
def delete_lesson(caller: Caller, course_id: str, lesson_id: str, if_match: IfMatch) -> Removed:
    """Delete a lesson."""
    lessons.remove(caller, course_id, lesson_id, if_match)
    return Removed(id=lesson_id)


@api.post("/api/courses/{courseId}/prerequisites", access=OWNER, owner_of=Course, status=201)
def add_prerequisite(caller: Caller, course_id: str, body: NewPrerequisite) -> Prerequisites:
    """Ask for another course to be completed first."""
    return prerequisites.add(caller, course_id, body.prerequisite_id)


@api.delete("/api/courses/{courseId}/prerequisites/{prerequisiteId}", access=OWNER, owner_of=Course)
def remove_prerequisite(caller: Caller, course_id: str, prerequisite_id: str) -> Removed:
    """Ask for another course no longer."""
    prerequisites.remove(caller, course_id, prerequisite_id)
    return Removed(id=prerequisite_id)


@api.post("/api/courses/{courseId}/ratings", access=may(Permission.LEARN), limit="60/hour")
def rate_course(caller: Caller, course_id: str, body: RateCourse) -> RatingView:
    """Rate a course that one takes, or change one's rating."""
    return views.rating_views([ratings.rate(caller, course_id, body)])[0]


@api.get("/api/courses/{courseId}/ratings", access=PUBLIC)
def list_ratings(course_id: str, query: Annotated[Listing, Query()]) -> Page[RatingView]:
    """List the ratings of a course, newest first."""
    found = ratings.newest(course_id, query)
    return query.page(Slice(views.rating_views(found.items), found.last_key), RatingView.model_validate)


@api.post("/api/lessons/complete", access=may(Permission.LEARN))
def complete_lesson(caller: Caller, body: CompleteLesson) -> CompletedLesson:
    """Mark a lesson complete."""
    return study.complete(caller, body.lesson_id)


@api.get("/api/lessons/{lessonId}", access=USER)
def show_lesson(caller: Caller, lesson_id: str) -> LessonView:
    """Show a lesson with its text and files."""
    return lessons.show(caller, lesson_id)


@api.post("/api/lessons/{lessonId}/time", access=may(Permission.LEARN))
def report_study_time(caller: Caller, lesson_id: str, body: StudyTimeReport) -> CountedTime:
    """Report time spent on a lesson; repeated reports are counted once."""
    return study.report_time(caller, lesson_id, body)


@api.post("/api/lessons/{lessonId}/content", access=OWNER, owner_of=Lesson, max_body_bytes=_LONG_TEXT_BYTES)
def set_lesson_content(caller: Caller, lesson_id: str, body: LessonContent) -> LessonView:
    """Give a lesson its text, an item of the library or files."""
    return lessons.set_content(caller, lesson_id, body)


@api.get("/api/lessons/{lessonId}/download", access=USER, limit="300/hour")
def download_lesson(caller: Caller, lesson_id: str, query: Annotated[DownloadQuery, Query()]) -> Downloads:
    """Get links to a lesson's files that end after five minutes."""
    return downloads.links(caller, lesson_id, query)


@api.post(
    "/api/announcements",
    access=may(Permission.WRITE_COURSES),
    status=201,
    limit="60/hour",
    idempotent=True,
    max_body_bytes=_LONG_TEXT_BYTES,
)
def post_announcement(caller: Caller, body: NewAnnouncement) -> AnnouncementView:
    """Tell the students of a course something, or as an admin everybody."""
    return AnnouncementView.model_validate(announcements.post(caller, body))


@api.get("/api/announcements", access=USER)
def list_announcements(caller: Caller, query: Annotated[Listing, Query()]) -> Page[AnnouncementView]:
    """List the announcements that concern oneself, newest first."""
    return announcements.page(caller, query)


@api.get("/api/recommendations", access=USER)
def list_recommended_courses(caller: Caller, query: Annotated[RecommendationQuery, Query()]) -> CourseRecommendations:
    """List courses that may come next, each with its reasons."""
    return recommendations.show(caller, query.limit)
