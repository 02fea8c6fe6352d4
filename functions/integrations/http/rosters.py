"""Rosters over HTTP: OneRoster 1.2 for readers (Rostering Service, REST binding)."""

from typing import Annotated

from lyceum.kit.http import Answer, Api, Query, may
from lyceum.kit.http.error_forms import ONEROSTER
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.integrations.rosters import reading
from functions.integrations.rosters.schemas import (
    ClassRows,
    EnrollmentRows,
    OneClass,
    OneOrg,
    OneUser,
    OrgRows,
    RosterQuery,
    SessionRows,
    UserRows,
)

api = Api("integrations", recheck=recheck)
handler = api.handler
_READER = may(Permission.READ_ROSTERS)
_ROOT = "/ims/oneroster/rostering/v1p2"
_JSON = "application/json"


@api.get(f"{_ROOT}/orgs", access=_READER, raw=_JSON, errors=ONEROSTER)
def list_roster_orgs(query: Annotated[RosterQuery, Query()]) -> OrgRows:
    """List the organisation, which is one school."""
    return reading.orgs(query)


@api.get(f"{_ROOT}/orgs/{{sourcedId}}", access=_READER, raw=_JSON, errors=ONEROSTER)
def show_roster_org(sourced_id: str) -> OneOrg:
    """Show the organisation."""
    return reading.org(sourced_id)


@api.get(f"{_ROOT}/academicSessions", access=_READER, raw=_JSON, errors=ONEROSTER)
def list_roster_sessions(query: Annotated[RosterQuery, Query()]) -> SessionRows:
    """List the academic session, which is the present year."""
    return reading.sessions(query)


@api.get(f"{_ROOT}/users", access=_READER, raw=_JSON, errors=ONEROSTER)
def list_roster_users(query: Annotated[RosterQuery, Query()], answer: Answer) -> UserRows:
    """List people by last name, of all or of one role."""
    return reading.users(query, answer)


@api.get(f"{_ROOT}/users/{{sourcedId}}", access=_READER, raw=_JSON, errors=ONEROSTER)
def show_roster_user(sourced_id: str) -> OneUser:
    """Show a person of the roster."""
    return reading.user(sourced_id)


@api.get(f"{_ROOT}/classes", access=_READER, raw=_JSON, errors=ONEROSTER)
def list_roster_classes(query: Annotated[RosterQuery, Query()], answer: Answer) -> ClassRows:
    """List the published courses by title, as classes."""
    return reading.classes(query, answer)


@api.get(f"{_ROOT}/classes/{{sourcedId}}", access=_READER, raw=_JSON, errors=ONEROSTER)
def show_roster_class(sourced_id: str) -> OneClass:
    """Show a class."""
    return reading.class_of(sourced_id)


@api.get(f"{_ROOT}/enrollments", access=_READER, raw=_JSON, errors=ONEROSTER)
def list_roster_enrollments(query: Annotated[RosterQuery, Query()], answer: Answer) -> EnrollmentRows:
    """List who is in a class, or the classes of a person; the filter names which."""
    return reading.enrollments(query, answer)
