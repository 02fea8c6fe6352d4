"""What callers send and get of courses."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, named
from lyceum.kit.values.money import Currency, Money
from lyceum.kit.values.text import Line, RichText

from functions.courses.enrolments.people import Person
from functions.courses.schemas.ratings import RatingSummary

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
    - `price`: without one, the course is free.
    - `capacity`: without one, any number may enter.
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


class CopyCourse(Request):
    """What a copy is called; what is left out is as in the course that it is made from."""

    title: Line | None = None
    code: Code | None = None


class Removed(Schema):
    """What was removed."""

    id: str
