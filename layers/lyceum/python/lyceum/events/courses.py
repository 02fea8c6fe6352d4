"""Events of courses: their parts, their students, assignments and announcements."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from lyceum.kit.event import Event


class CourseUpdated(Event):
    """The fields of a course were edited."""

    name: ClassVar[str] = "course.updated"
    course_id: str


class CourseCounted(Event):
    """Counts of a course have changed."""

    name: ClassVar[str] = "course.counted"
    course_id: str


class CoursePublished(Event):
    """A course may be found and taken; `is_open` is false when it was taken back."""

    name: ClassVar[str] = "course.published"
    course_id: str
    instructor_id: str
    is_open: bool = True


class CourseEnrolled(Event):
    """A student entered a course."""

    name: ClassVar[str] = "course.enrolled"
    course_id: str
    user_id: str


class CourseLeft(Event):
    """A student left a course."""

    name: ClassVar[str] = "course.left"
    course_id: str
    user_id: str


class CourseCompleted(Event):
    """A student completed every required part of a course; told once a student and course."""

    name: ClassVar[str] = "course.completed"
    course_id: str
    user_id: str
    title: str


class CourseRated(Event):
    """A student rated a course or changed the rating; `earlier_stars` is what it was before."""

    name: ClassVar[str] = "course.rated"
    course_id: str
    user_id: str
    stars: int
    earlier_stars: int | None = None


class CourseDeleted(Event):
    """A course is gone for everybody and its parts are to be removed; told again until none is left."""

    name: ClassVar[str] = "course.deleted"
    course_id: str


class CourseEmptied(Event):
    """Lessons and students of a deleted course are removed; its assignments and grades follow. Told again until none is left."""

    name: ClassVar[str] = "course.emptied"
    course_id: str


class LessonCompleted(Event):
    """A student completed a lesson; told once a student and lesson."""

    name: ClassVar[str] = "lesson.completed"
    course_id: str
    lesson_id: str
    user_id: str


class QuizPublished(Event):
    """A course has a quiz, under this title, from now on."""

    name: ClassVar[str] = "quiz.published"
    quiz_id: str
    course_id: str
    title: str
    lesson_id: str | None = None
    is_required: bool = True


class QuizWithdrawn(Event):
    """A course has a quiz no longer."""

    name: ClassVar[str] = "quiz.withdrawn"
    quiz_id: str
    course_id: str


class AssignmentCreated(Event):
    """A course has a new assignment."""

    name: ClassVar[str] = "assignment.created"
    assignment_id: str
    course_id: str
    title: str
    due_at: datetime | None = None


class AssignmentDeleted(Event):
    """An assignment was taken away; with `keeps_work`, what was handed in and graded stays on record."""

    name: ClassVar[str] = "assignment.deleted"
    assignment_id: str
    course_id: str
    keeps_work: bool = False


class AssignmentSubmitted(Event):
    """A student handed something in."""

    name: ClassVar[str] = "assignment.submitted"
    assignment_id: str
    course_id: str
    user_id: str
    attempt: int
    days_late: int


class AssignmentGraded(Event):
    """A grade was released; percentages are of the assignment's points, `earlier_percent` is what it was before."""

    name: ClassVar[str] = "assignment.graded"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    points: Decimal
    max_points: Decimal
    percent: Decimal
    earlier_percent: Decimal | None = None


class AssignmentFallsDue(Event):
    """An assignment is due within 24 hours or 1: those who did not hand it in are reminded, from `after_user_id` on."""

    name: ClassVar[str] = "assignment.falls_due"
    assignment_id: str
    course_id: str
    due_at: datetime
    hours_left: int = 24
    after_user_id: str | None = None


class AssignmentDueSoon(Event):
    """A student has so many hours left at most to hand an assignment in; told once a student and due date for 24 and for 1."""

    name: ClassVar[str] = "assignment.due_soon"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    due_at: datetime
    hours_left: int = 24


class AnnouncementPosted(Event):
    """Something was announced, to a course or, without one, to everybody."""

    name: ClassVar[str] = "announcement.posted"
    announcement_id: str
    author_id: str
    title: str
    course_id: str | None = None


class AnnouncementSpread(Event):
    """An announcement has reached the students of a course up to `after_user_id`; the others follow."""

    name: ClassVar[str] = "announcement.spread"
    announcement_id: str
    course_id: str
    title: str
    after_user_id: str


class AnnouncementReceived(Event):
    """An announcement has reached one student."""

    name: ClassVar[str] = "announcement.received"
    announcement_id: str
    course_id: str
    user_id: str
    title: str
