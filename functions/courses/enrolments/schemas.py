"""What callers send and get of enrolments: who learns, how far they are, how long they studied."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, same_as

from functions.courses.enrolments.people import Person


class CompleteLesson(Request):
    """The lesson that was completed."""

    lesson_id: Id


class StudyTimeReport(Request):
    """A report of the seconds spent since the one before.

    `beatId` is a ULID of the client's, by which a report is counted once; the time in it does not matter.
    """

    beat_id: Id
    seconds: Annotated[int, Field(ge=1, le=300)]


class Tally(Schema):
    """So many parts completed of so many."""

    completed: int
    total: int


class Progress(Schema):
    """How far a student is. `percent` counts required parts and is 100 only when all of them are done."""

    lessons: Tally
    assignments: Tally
    quizzes: Tally
    percent: int
    last_activity_at: Timestamp | None = None


class EnrolmentView(Schema):
    """A student's place in a course."""

    course_id: str
    user_id: str
    state: Literal["active", "left"]
    status: Annotated[Literal["active", "left"] | None, same_as("state")] = None
    enrolled_at: Timestamp
    left_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    progress: Progress | None = None


class StudentRow(EnrolmentView):
    """A student of a course, with name, progress and seconds studied."""

    student: Person | None = None
    time_spent_seconds: int


class TimeSpent(Schema):
    """Seconds studied in a lesson."""

    lesson_id: str
    seconds: int


class LessonCompletion(Schema):
    """When a lesson was completed; without a time where that was not kept yet."""

    lesson_id: str
    completed_at: Timestamp | None = None


class ProgressView(Progress):
    """Progress with time: what is left is estimated from the student's own pace, once there is one.

    `estimatedSecondsLeft` is study time, from the mean over completed lessons; `estimatedCompletionAt` a date, from the
    parts completed since enrolment.
    """

    course_id: str
    enrolled_at: Timestamp
    completed_at: Timestamp | None = None
    time_spent_seconds: int
    time_by_lesson: list[TimeSpent]
    lesson_completions: list[LessonCompletion]
    estimated_seconds_left: int | None = None
    estimated_completion_at: Timestamp | None = None


class CompletedLesson(Schema):
    """A lesson that was completed, and how far the student is by it."""

    lesson_id: str
    course_id: str
    already_completed: bool
    percent: int
    course_completed_at: Timestamp | None = None


class CountedTime(Schema):
    """How many of the reported seconds were counted, and how many there are."""

    lesson_id: str
    counted_seconds: int
    lesson_seconds: int
    course_seconds: int
