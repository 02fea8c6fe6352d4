"""What content, programs and administrators send and get (xAPI 1.0.3, part two: data)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line

Iri = Annotated[str, StringConstraints(min_length=3, max_length=1000, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")]
LanguageMap = Annotated[dict[str, Annotated[str, StringConstraints(max_length=2000)]], Field(max_length=20)]


class _Part(BaseModel, defer_build=True):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", str_max_length=10_000, defer_build=True)


class Account(_Part):
    """An account of somebody: `name` is the user's id where `homePage` is this deployment's address."""

    home_page: Iri
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Agent(_Part):
    """Who did something: by the account here, or by e-mail address."""

    object_type: Literal["Agent"] = "Agent"
    name: Annotated[str | None, StringConstraints(max_length=200)] = None
    account: Account | None = None
    mbox: Annotated[str | None, StringConstraints(pattern=r"^mailto:[^\s@]+@[^\s@]+$", max_length=300)] = None


class Verb(_Part):
    """What somebody did."""

    id: Iri
    display: LanguageMap | None = None


class Thing(_Part):
    """What it was done with: an activity, or for `voided` another statement."""

    object_type: Literal["Activity", "StatementRef"] = "Activity"
    id: Annotated[str, StringConstraints(min_length=3, max_length=1000)]
    definition: dict[str, Any] | None = None


class Score(_Part):
    """A score; `scaled` is from -1 to 1."""

    scaled: Annotated[float, Field(ge=-1, le=1)] | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class Result(_Part):
    """What came of it."""

    score: Score | None = None
    success: bool | None = None
    completion: bool | None = None
    response: str | None = None
    duration: Annotated[str | None, StringConstraints(pattern=r"^P[0-9YMWDTHS.,]+$", max_length=50)] = None
    extensions: dict[str, Any] | None = None


class Statement(_Part):
    """A statement; statements with attachments, groups as actors or agents as objects are refused."""

    id: UUID | None = None
    actor: Agent
    verb: Verb
    object: Thing
    result: Result | None = None
    context: dict[str, Any] | None = None
    timestamp: datetime | None = None
    stored: datetime | None = None
    authority: dict[str, Any] | None = None
    version: Annotated[str | None, StringConstraints(pattern=r"^1\.0(\.\d+)?$")] = None


class StatementsQuery(BaseModel, defer_build=True):
    """Which statements are told (xAPI 1.0.3, part three, 2.1.3).

    - `statementId`, `voidedStatementId`: one alone.
    - `agent`: of whom, as JSON.
    - `verb`: which verb.
    - `since`, `until`: when they were stored.
    - `limit`: how many; the newest first.
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", defer_build=True)

    statement_id: UUID | None = None
    voided_statement_id: UUID | None = None
    agent: Annotated[str | None, StringConstraints(max_length=1000)] = None
    verb: Iri | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: Annotated[int, Field(ge=0, le=1000)] = 0


class OneStatement(BaseModel, defer_build=True):
    """Which statement is put.

    - `statementId`: the id that the statement has, or gets.
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", defer_build=True)

    statement_id: UUID


class NewTarget(Request):
    """A learning record store: its address with `/xAPI` or the like, and the Authorization header that it wants."""

    label: Annotated[Line, Field(min_length=1, max_length=80)]
    url: Annotated[str, StringConstraints(min_length=10, max_length=500)]
    authorization: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[\x20-\x7e]+$")]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"label": "Record store", "url": "https://lrs.school.org/xapi", "authorization": "Basic eA=="}]
        }
    )


class TargetView(Schema):
    """A learning record store that is told of learners; what proves the product there is not shown."""

    target_id: str
    label: str
    url: str
    is_enabled: bool
    failures: int
    last_status: int | None = None
    succeeded_at: Timestamp | None = None
    created_at: Timestamp


class TargetList(Schema):
    """The learning record stores of the organisation."""

    targets: list[TargetView]
