"""What callers send and get of courses, their ratings and announcements."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.money import Money
from lyceum.kit.values.text import Line, RichText

from functions.courses.enrolments.people import Person
from functions.courses.enrolments.schemas import EnrolmentView
from functions.courses.lessons.schemas import Id, LessonRow

Category = Literal["programming", "design", "business", "marketing", "science", "language", "music", "art", "other"]
Difficulty = Literal["beginner", "intermediate", "advanced"]
Level = Annotated[int, Field(ge=100, le=900, multiple_of=100)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError("this is no time zone of the IANA database, such as Africa/Lagos") from None
    return name


TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,50}$"), AfterValidator(_known_zone)]
"""The IANA name of a time zone."""


class Price(Request):
    """What a course costs, in minor units of its currency (ISO 4217)."""

    amount: Annotated[int, Field(ge=1, le=1_000_000_000)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Letter(Request):
    """A letter and the least percentage for it."""

    letter: Annotated[str, StringConstraints(pattern=r"^[A-Z][+-]?$")]
    from_percent: Percent


class Grading(Request):
    """How grades add up: the weights of the categories of assignments, and letters from the best down to one from 0."""

    weights: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")], Annotated[int, Field(ge=1, le=1000)]],
        Field(max_length=20),
    ] = {}
    letters: Annotated[list[Letter], Field(max_length=20)] = []

    @model_validator(mode="after")
    def check_letters(self) -> Self:
        """Refuse letters out of order, and a scale that leaves a percentage without one."""
        bounds = [letter.from_percent for letter in self.letters]
        if any(higher <= lower for higher, lower in pairwise(bounds)):
            raise ValueError("letters go from the highest percentage down")
        if bounds and bounds[-1] != 0:
            raise ValueError("the last letter starts at 0")
        return self


class CourseFields(Request):
    """A course's own fields.

    - `level`: 100 for the first year, up to 900.
    - `price`: without one, the course is free. `capacity`: without one, any number may enter.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5} ?[0-9]{3}[A-Z]?$")]
    title: Line
    description: RichText | None = None
    level: Level
    credit_units: Annotated[int, Field(ge=0, le=30)]
    category: Category = "other"
    difficulty: Difficulty = "beginner"
    time_zone: TimeZone = "UTC"
    price: Price | None = None
    capacity: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    grading: Grading | None = None


class NewCourse(CourseFields):
    """A course and the department that it belongs to; a draft unless it is published at once."""

    department_id: Id
    is_published: bool = False


class Publishing(Request):
    """Whether a course is to be published or to be a draft again."""

    is_published: bool = True


class CourseQuery(Listing):
    """Which courses to list.

    - `status`: drafts are listed for their instructor (`instructorId`) and for admins, by title.
    - `sort`: `level` asks for a department.
    """

    status: Literal["published", "draft"] = "published"
    category: Category | None = None
    difficulty: Difficulty | None = None
    instructor_id: Id | None = None
    department_id: Id | None = None
    level: Level | None = None
    search: Annotated[str | None, StringConstraints(min_length=2, max_length=100, strip_whitespace=True)] = None
    sort: Literal["title", "-title", "level", "-level", "newest", "popular", "rated"] = "title"


class RatingSummary(Schema):
    """What students think of a course: mean stars (1 to 5) of so many ratings."""

    mean: float | None = None
    count: int


class Statistics(Schema):
    """Counts of a course; they follow what happened within seconds."""

    enrolments: int
    completions: int
    lessons: int
    assignments: int
    total_quizzes: int
    questions: int


class CourseView(Schema):
    """A course."""

    course_id: str
    department_id: str
    instructor_id: str
    code: str
    title: str
    slug: str | None = None
    description: str | None = None
    level: int
    credit_units: int
    category: str
    difficulty: str
    status: str
    time_zone: str
    price: Money | None = None
    capacity: int | None = None
    grading: Grading | None = None
    question_count: int
    ratings: RatingSummary
    statistics: Statistics
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class CourseLink(Schema):
    """Another course."""

    course_id: str
    code: str
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
    """A quiz of a course or of one of its lessons."""

    quiz_id: str
    title: str
    lesson_id: str | None = None
    is_required: bool


class CourseDetails(CourseView):
    """A course with everything that its page shows; lists are cut at 50 and go on by their cursors."""

    instructor: Person | None = None
    prerequisites: list[CourseLink]
    required_by: list[CourseLink]
    lessons: LessonList
    assignments: AssignmentList
    quizzes: list[QuizLine]
    enrolment: EnrolmentView | None = None


class NewPrerequisite(Request):
    """A course that has to be completed first."""

    prerequisite_id: Id


class Prerequisites(Schema):
    """The courses that have to be completed first."""

    course_id: str
    prerequisite_ids: list[str]


class RateCourse(Request):
    """Stars from 1 to 5 and, if one likes, a review."""

    stars: Annotated[int, Field(ge=1, le=5)]
    review: Annotated[str | None, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)] = None


class RatingView(Schema):
    """What a student thinks of a course."""

    user_id: str
    stars: int
    review: str | None = None
    rated_at: Timestamp


class NewAnnouncement(Request):
    """What to tell the students of a course; without a course, everybody."""

    course_id: Id | None = None
    title: Line
    body: Annotated[RichText, Field(min_length=1)]


class AnnouncementView(Schema):
    """Something that was announced."""

    announcement_id: str
    course_id: str | None = None
    author_id: str
    title: str
    body: str
    created_at: Timestamp


class SyllabusTopic(Schema):
    """A topic of a course with its number of approved questions."""

    topic_id: str
    title: str
    description: str | None = None
    order: int
    syllabus_tags: list[str]
    question_count: int


class Removed(Schema):
    """What was removed."""

    id: str
