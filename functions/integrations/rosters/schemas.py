"""What readers of rosters ask and get (OneRoster 1.2 Rostering Service, information model 4)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp


class RosterQuery(BaseModel, defer_build=True):
    """Which rows are told (OneRoster 1.2 REST binding, 3.4).

    - `limit`, `offset`: how many, and how many are left out before; of the first thousand.
    - `filter`: `field='value'`, several joined by AND.
    - `sort`: the field that the rows are in the order of anyway.
    - `fields`: these alone, separated by commas.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)

    limit: Annotated[int, Field(ge=1, le=100)] = 100
    offset: Annotated[int, Field(ge=0, le=1000)] = 0
    filter: Annotated[str | None, Field(max_length=500)] = None
    sort: Annotated[str | None, Field(max_length=100)] = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class Reference(Schema):
    """Names another object."""

    href: str
    sourced_id: str
    type: str


class Row(Schema):
    """What every object has."""

    sourced_id: str | None = None
    status: Literal["active", "tobedeleted"] | None = None
    date_last_modified: Timestamp | None = None


class RosterOrg(Row):
    """An organisation: a school."""

    name: str | None = None
    type: str | None = None
    identifier: str | None = None


class RosterSession(Row):
    """An academic session."""

    title: str | None = None
    type: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    school_year: str | None = None


class RosterRole(Schema):
    """What somebody is in an organisation."""

    role_type: str = "primary"
    role: str
    org: Reference


class RosterUser(Row):
    """A person; no date of birth, phone number or guardian is told."""

    enabled_user: Literal["true", "false"] | None = None
    username: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    roles: list[RosterRole] | None = None


class RosterClass(Row):
    """A class: a published course."""

    title: str | None = None
    class_code: str | None = None
    class_type: str | None = None
    school: Reference | None = None
    terms: list[Reference] | None = None


class RosterEnrollment(Row):
    """Somebody learns or teaches in a class."""

    role: Literal["student", "teacher"] | None = None
    primary: Literal["true", "false"] | None = None
    begin_date: str | None = None
    end_date: str | None = None
    user: Reference | None = None
    class_: Annotated[Reference | None, Field(alias="class")] = None
    school: Reference | None = None


class OrgRows(Schema):
    """Organisations."""

    orgs: list[RosterOrg]


class OneOrg(Schema):
    """An organisation."""

    org: RosterOrg


class SessionRows(Schema):
    """Academic sessions."""

    academic_sessions: list[RosterSession]


class UserRows(Schema):
    """People."""

    users: list[RosterUser]


class OneUser(Schema):
    """A person."""

    user: RosterUser


class ClassRows(Schema):
    """Classes."""

    classes: list[RosterClass]


class OneClass(Schema):
    """A class."""

    class_: Annotated[RosterClass, Field(alias="class")]


class EnrollmentRows(Schema):
    """Enrolments."""

    enrollments: list[RosterEnrollment]
