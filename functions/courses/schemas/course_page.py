"""Everything that the page of a course shows."""

from decimal import Decimal

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp

from functions.courses.enrolments.people import Person
from functions.courses.enrolments.schemas import EnrolmentView
from functions.courses.lessons.schemas import LessonRow
from functions.courses.schemas.courses import CourseView
from functions.courses.schemas.ratings import RatingView


class CourseLink(Schema):
    """Another course."""

    course_id: str
    code: str | None = None
    title: str


class LessonList(Schema):
    """The first lessons; `nextCursor` goes on in the course's list of lessons."""

    items: list[LessonRow]
    total: int
    next_cursor: str | None = None


class AssignmentLine(Schema):
    """An assignment of a course."""

    assignment_id: str
    lesson_id: str | None = None
    title: str
    points: Decimal
    category: str
    due_at: Timestamp | None = None
    is_required: bool


class AssignmentList(Schema):
    """The assignments by due date; `nextCursor` goes on in the course's list of assignments."""

    items: list[AssignmentLine]
    total: int
    next_cursor: str | None = None


class QuizLine(Schema):
    """A quiz of a course or of one of its lessons; what is not known yet of an older one is left out."""

    quiz_id: str
    title: str
    description: str | None = None
    question_count: int | None = None
    total_marks: Decimal | None = None
    duration_minutes: int | None = None
    lesson_id: str | None = None
    is_required: bool


class CourseDetails(CourseView):
    """A course with everything that its page shows; lists are cut at 50 and go on by their cursors.

    - `teachers`: others who teach it beside its instructor.
    - `latestRatings`: the latest 10.
    """

    teachers: list[Person]
    latest_ratings: list[RatingView]
    prerequisites: list[CourseLink]
    required_by: list[CourseLink]
    lessons: LessonList
    assignments: AssignmentList
    quizzes: list[QuizLine]
    enrolment: EnrolmentView | None = None


class SyllabusTopic(Schema):
    """A topic of a course with its number of approved questions."""

    topic_id: str
    title: str
    description: str | None = None
    order: int
    syllabus_tags: list[str]
    question_count: int
