"""What platforms, teachers and administrators send and get (LTI 1.3 Core, 5; Deep Linking 2.0; AGS 2.0)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_Short = Annotated[str, StringConstraints(min_length=1, max_length=255)]
_Url = Annotated[str, StringConstraints(min_length=10, max_length=1000)]


class LoginBegun(BaseModel, defer_build=True):
    """What a platform sends to begin a launch (1EdTech Security Framework 1.0, 5.1.1).

    - `iss`, `client_id`: which platform.
    - `login_hint`, `lti_message_hint`: its own words, which it gets back.
    - `target_link_uri`: where the launch is to lead.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)

    iss: _Short
    login_hint: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    target_link_uri: _Url
    client_id: _Short | None = None
    lti_message_hint: Annotated[str | None, StringConstraints(max_length=8000)] = None


class LaunchSent(BaseModel, defer_build=True):
    """What a platform posts: the signed message and the state of the login before."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    id_token: Annotated[str, StringConstraints(min_length=20, max_length=20_000, pattern=r"^[A-Za-z0-9_.-]+$")]
    state: Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


class LinkingSettings(BaseModel, defer_build=True):
    """Where a chosen course is sent, and what the platform wants back with it."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    deep_link_return_url: _Url
    data: Annotated[str | None, StringConstraints(max_length=4000)] = None


class ScoreEndpoint(BaseModel, defer_build=True):
    """Where scores go."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    scope: Annotated[list[_Short], Field(max_length=20)] = []
    lineitem: _Url | None = None


class PeopleEndpoint(BaseModel, defer_build=True):
    """Where the people of the platform's course are told."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    context_memberships_url: _Url


class LaunchClaims(BaseModel, defer_build=True):
    """A message, whose signature was proven."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    sub: _Short
    aud: str | list[str]
    azp: str | None = None
    nonce: _Short
    exp: float
    iat: float
    given_name: str | None = None
    family_name: str | None = None
    version: Annotated[str, Field(alias=f"{LTI}version", pattern=r"^1\.3\.0$")]
    message_type: Annotated[str, Field(alias=f"{LTI}message_type", pattern=r"^Lti(ResourceLink|DeepLinking)Request$")]
    deployment_id: Annotated[_Short, Field(alias=f"{LTI}deployment_id")]
    target: Annotated[_Url | None, Field(alias=f"{LTI}target_link_uri")] = None
    roles: Annotated[list[str], Field(alias=f"{LTI}roles", max_length=100)] = []
    custom: Annotated[dict[str, Any], Field(alias=f"{LTI}custom")] = {}
    linking: Annotated[LinkingSettings | None, Field(alias=f"{LINKING}deep_linking_settings")] = None
    scores: Annotated[ScoreEndpoint | None, Field(alias=AGS)] = None
    people: Annotated[PeopleEndpoint | None, Field(alias=NRPS)] = None


class NewPlatform(Request):
    """A learning platform, as it describes itself where tools are added."""

    label: Annotated[Line, Field(min_length=1, max_length=80)]
    issuer: _Url
    client_id: _Short
    deployment_ids: Annotated[list[_Short], Field(min_length=1, max_length=50)]
    authorization_url: _Url
    token_url: _Url
    keys_url: _Url

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "label": "Moodle",
                    "issuer": "https://moodle.school.org",
                    "clientId": "AbCdEf123",
                    "deploymentIds": ["1"],
                    "authorizationUrl": "https://moodle.school.org/mod/lti/auth.php",
                    "tokenUrl": "https://moodle.school.org/mod/lti/token.php",
                    "keysUrl": "https://moodle.school.org/mod/lti/certs.php",
                }
            ]
        }
    )


class PlatformView(Schema):
    """A learning platform, and what it has to be told of this tool.

    - `loginUrl`, `launchUrl`, `toolKeysUrl`: where it begins and posts launches, and finds the tool's keys.
    """

    platform_id: str
    label: str
    issuer: str
    client_id: str
    deployment_ids: list[str]
    login_url: str
    launch_url: str
    tool_keys_url: str
    created_at: Timestamp


class PlatformList(Schema):
    """The learning platforms of the organisation."""

    platforms: list[PlatformView]


class ToolKeys(Schema):
    """The public keys of the tool (RFC 7517)."""

    keys: list[dict[str, str]]


class ChosenCourses(Request):
    """The courses that a teacher chose for the platform."""

    course_ids: Annotated[list[Id], Field(min_length=1, max_length=20)]


class LinkingAnswer(Schema):
    """What the teacher's browser posts to the platform, as the form field `JWT`."""

    return_url: str
    jwt: str
