"""Events of courses: their parts, their students and announcements."""

from datetime import datetime
from typing import ClassVar, Literal

from lyceum.kit.event import Event


class CourseUpdated(Event):
    """The fields of a course were edited; with `has_new_zone`, its days begin at other times than before."""

    name: ClassVar[str] = "course.updated"
    course_id: str
    has_new_zone: bool = False


class CoursePartChanged(Event):
    """A lesson or an assignment of a course was made, edited or taken away, or its lessons stand in another order.

    - `part`: `lesson`, `assignment`, or `lessonOrder`, whose `part_id` is the course's own.
    """

    name: ClassVar[str] = "course.part_changed"
    course_id: str
    part: Literal["lesson", "assignment", "lessonOrder"]
    part_id: str
    title: str | None = None
    due_at: datetime | None = None
    is_removed: bool = False


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


class CourseTaught(Event):
    """Somebody teaches a course from now on, as its instructor or beside them."""

    name: ClassVar[str] = "course.taught"
    course_id: str
    user_id: str


class CourseCopied(Event):
    """A draft was made from a course; its parts follow, under ids that are worked out from `copied_at`."""

    name: ClassVar[str] = "course.copied"
    course_id: str
    source_id: str
    copied_at: datetime


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
    """A student completed every required part of a course; told once, and again after it was taken back.

    `revision` grows with each, also with what takes it back.
    """

    name: ClassVar[str] = "course.completed"
    course_id: str
    user_id: str
    title: str
    revision: int = 1


class CourseUncompleted(Event):
    """Somebody has not completed a course after all: the result of a quiz that it asks for was withdrawn or lowered."""

    name: ClassVar[str] = "course.uncompleted"
    course_id: str
    user_id: str
    revision: int


class CourseRated(Event):
    """A student rated a course or changed the rating; `earlier_stars` is what it was before."""

    name: ClassVar[str] = "course.rated"
    course_id: str
    user_id: str
    stars: int
    earlier_stars: int | None = None


class CourseDeleted(Event):
    """A course is gone for everybody; its parts are removed after that, by the task `course.purge`."""

    name: ClassVar[str] = "course.deleted"
    course_id: str


class CourseEmptied(Event):
    """A deleted course is removed with its lessons and students; its assignments and grades follow."""

    name: ClassVar[str] = "course.emptied"
    course_id: str


class LessonCompleted(Event):
    """A student completed a lesson; told once a student and lesson."""

    name: ClassVar[str] = "lesson.completed"
    course_id: str
    lesson_id: str
    user_id: str


class QuizPublished(Event):
    """A course has a quiz, under this title, from now on; `total_marks` is a decimal text."""

    name: ClassVar[str] = "quiz.published"
    quiz_id: str
    course_id: str
    title: str
    lesson_id: str | None = None
    is_required: bool = True
    description: str | None = None
    question_count: int | None = None
    total_marks: str | None = None
    duration_minutes: int | None = None


class QuizWithdrawn(Event):
    """A course has a quiz no longer."""

    name: ClassVar[str] = "quiz.withdrawn"
    quiz_id: str
    course_id: str


class AnnouncementPosted(Event):
    """Something was announced, to a course or, without one, to everybody."""

    name: ClassVar[str] = "announcement.posted"
    announcement_id: str
    author_id: str
    title: str
    course_id: str | None = None


class AnnouncementReceived(Event):
    """An announcement has reached one student."""

    name: ClassVar[str] = "announcement.received"
    announcement_id: str
    course_id: str
    user_id: str
    title: str
