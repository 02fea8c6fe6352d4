"""What callers of the data check send and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Listing, Schema


class DataCheckQuery(Listing):
    """Which part of the data to check.

    - `part`: `courses` (a page of courses with everything that they count), or `accounts`.
    - `status`: of the courses.
    """

    limit: Annotated[int, Field(ge=1, le=100, description="Courses that are checked.")] = 10

    part: Literal["courses", "accounts"] = "courses"
    status: Literal["published", "draft"] = "published"


class Inconsistency(Schema):
    """Something that is not what it must be by the items that it follows from.

    - `wrong_count`: a counter. It follows from events, so a difference may go by itself within seconds.
    - `wrong_key`: a key of the table or of an index.
    - `missing_guard`: what keeps a name or code unique is not there.
    - `unknown_kind`: an item that this version of the product does not know.
    """

    kind: Literal["wrong_count", "wrong_key", "missing_guard", "unknown_kind"]
    entity: str
    id: str
    field: str
    expected: str
    found: str


class DataCheck(Schema):
    """What was found in a part of the data; `nextCursor` goes on where there is more."""

    is_consistent: bool
    items: int
    findings: list[Inconsistency]
    next_cursor: str | None = None
