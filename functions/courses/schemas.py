"""What callers send and get of courses, their ratings and announcements."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp, named
from lyceum.kit.values.money import Currency, Money
from lyceum.kit.values.text import Line, RichText

from functions.courses.enrolments.people import Person
from functions.courses.enrolments.schemas import EnrolmentView
from functions.courses.lessons.schemas import Id, LessonRow

Category = Literal["programming", "design", "business", "marketing", "science", "language", "music", "art", "other"]
Difficulty = Literal["beginner", "intermediate", "advanced"]
Level = Annotated[int, Field(ge=100, le=900, multiple_of=100)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5} ?[0-9]{3}[A-Z]?$")]
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
    currency: Currency


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

    - `code`, `level`, `creditUnits`: for a course in a university's catalogue; level 100 is the first year.
    - `thumbnailUploadId`: an image of one's own, processed.
    - `price`: without one, the course is free. `capacity`: without one, any number may enter.
    """

    code: Code | None = None
    title: Line
    description: RichText | None = None
    thumbnail_upload_id: Id | None = None
    level: Level | None = None
    credit_units: Annotated[int | None, Field(ge=0, le=30)] = None
    category: Category = "other"
    difficulty: Annotated[Difficulty, named("difficulty", "difficultyLevel")] = "beginner"
    time_zone: TimeZone = "UTC"
    price: Price | None = None
    capacity: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    grading: Grading | None = None


class NewCourse(CourseFields):
    """A course and the department that it belongs to, if any; a draft unless it is published at once."""

    department_id: Id | None = None
    is_published: bool = False


class Publishing(Request):
    """Whether a course is to be published or to be a draft again."""

    is_published: bool = True


class CourseQuery(Listing):
    """Which courses to list.

    - `status`: drafts are listed for their instructor (`instructorId`) and for admins, by title.
    - `sort`: `level` asks for a department.
    - `category`: only courses of this category.
    - `difficulty`: only courses of this difficulty.
    - `level`: only courses of this year: 100 for the first.
    - `search`: words of the title, the code or the description, in any spelling; without `sort` the best come first.
    """

    status: Literal["published", "draft"] = "published"
    category: Category | None = None
    difficulty: Annotated[Difficulty | None, named("difficulty", "difficultyLevel")] = None
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


class Thumbnail(Schema):
    """One size of a course's picture, a WebP that may be fetched from `url` for an hour at least."""

    name: str
    width: int
    height: int
    url: str


class CourseView(Schema):
    """A course, with the name of its instructor as far as it is shown to everybody."""

    course_id: str
    department_id: str | None = None
    instructor_id: str
    instructor: Person | None = None
    code: str | None = None
    title: str
    slug: str | None = None
    description: str | None = None
    thumbnail_upload_id: str | None = None
    thumbnail: list[Thumbnail]
    level: int | None = None
    credit_units: int | None = None
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


class RatingView(Schema):
    """What a student thinks of a course, with as much of the name as that student shows."""

    user_id: str
    student: Person | None = None
    stars: int
    review: str | None = None
    rated_at: Timestamp


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


class ChooseTeachers(Request):
    """Who is to teach a course; what is left out stays as it is.

    - `instructorId`: whose course it is to be.
    - `teacherIds`: all who teach it beside its instructor, 20 at most.
    """

    instructor_id: Id | None = None
    teacher_ids: Annotated[list[Id], Field(max_length=20)] | None = None


class Teachers(Schema):
    """Those who teach a course: whose it is, and the others."""

    course_id: str
    instructor_id: str
    teacher_ids: list[str]


class CopyCourse(Request):
    """What a copy is called; what is left out is as in the course that it is made from."""

    title: Line | None = None
    code: Code | None = None


class Removed(Schema):
    """What was removed."""

    id: str
