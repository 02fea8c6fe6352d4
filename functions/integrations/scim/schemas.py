"""What identity providers send and get."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from lyceum.kit.http.schemas import Schema, Timestamp
from lyceum.rules.profiles import PersonName

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_Text = Annotated[str, StringConstraints(max_length=255, strip_whitespace=True)]
_Name = Annotated[_Text, Field(min_length=1)]


def _role(given: Any) -> Any:
    """Read a kind of person that is none of the roles as a student's."""
    word = given.strip().lower() if isinstance(given, str) else given
    return {"teacher": "instructor", "faculty": "instructor"}.get(word, word) if isinstance(word, str) else None


class Sent(BaseModel, defer_build=True):
    """What a provider sends: names without regard to case (RFC 7643, 2.1), and what is not kept is not looked at."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", str_max_length=10_000, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _in_whatever_case(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        names = {to_camel(name).lower(): to_camel(name) for name in cls.model_fields} | {"operations": "Operations"}
        return {names.get(str(name).lower(), name): value for name, value in given.items()}


class SentName(Sent):
    """A name."""

    given_name: PersonName | None = None
    family_name: PersonName | None = None
    formatted: _Text | None = None


class SentEmail(Sent):
    """An e-mail address."""

    value: EmailStr | None = None
    primary: bool | None = False


class SentUser(Sent):
    """A person of the directory.

    - `userName`: what the person signs in with there; an e-mail address is the person's own here too.
    - `active`: the words True and False are read as well.
    - `userType`: student, mentor or instructor.
    """

    user_name: _Name
    external_id: _Text | None = None
    name: SentName | None = None
    display_name: _Text | None = None
    emails: Annotated[list[SentEmail], Field(max_length=20)] | None = None
    active: bool | None = True
    user_type: Annotated[Annotated[str, Field(max_length=50)] | None, BeforeValidator(_role)] = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "schemas": [USER],
                    "userName": "ada.obi@school.example",
                    "externalId": "00u1abcd",
                    "name": {"givenName": "Ada", "familyName": "Obi"},
                    "emails": [{"value": "ada.obi@school.example", "type": "work", "primary": True}],
                    "active": True,
                }
            ]
        }
    )


class SentMember(Sent):
    """A member of a group, by the id that the user has here."""

    value: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]


class SentGroup(Sent):
    """A group of the directory."""

    display_name: _Name
    external_id: _Text | None = None
    members: Annotated[list[SentMember], Field(max_length=1000)] | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"schemas": [GROUP], "displayName": "Year 7"}]})


class Operation(Sent):
    """One change of a PATCH; `op` is add, replace or remove, in whatever case."""

    op: Annotated[str, StringConstraints(pattern=r"^(?i:add|replace|remove)$")]
    path: Annotated[str, StringConstraints(max_length=600)] | None = None
    value: Any = None


class SentPatch(Sent):
    """Changes of a resource, in their order (RFC 7644, 3.5.2)."""

    operations: Annotated[list[Operation], Field(alias="Operations", min_length=1, max_length=50)]

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"Operations": [{"op": "replace", "path": "active", "value": False}]}]}
    )


class ResourceQuery(BaseModel, defer_build=True):
    """Which attributes are told.

    - `attributes`: these alone, separated by commas.
    - `excludedAttributes`: all but these.
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", defer_build=True)

    attributes: Annotated[str | None, Field(max_length=1000)] = None
    excluded_attributes: Annotated[str | None, Field(max_length=1000)] = None


class ListQuery(ResourceQuery):
    """Which resources are told (RFC 7644, 3.4.2).

    - `filter`: a filter; people are searched by `userName`, `externalId`, `id` or `emails.value`, each with `eq`.
    - `startIndex`, `count`: which page, the first resource being 1.
    - `cursor`: where to go on (RFC 9865).
    """

    filter: Annotated[str | None, Field(max_length=1000)] = None
    start_index: int = 1
    count: int = 100
    cursor: Annotated[str | None, Field(max_length=2000)] = None


class Meta(Schema):
    """Of which type a resource is, since when, and where."""

    resource_type: str
    created: Timestamp | None = None
    last_modified: Timestamp | None = None
    location: str


class Name(Schema):
    """A person's name."""

    given_name: str
    family_name: str
    formatted: str


class Email(Schema):
    """A person's e-mail address."""

    value: str
    type: str = "work"
    primary: bool = True


class UserResource(Schema):
    """A person (RFC 7643, 4.1)."""

    schemas: list[str] = [USER]
    id: str
    external_id: str | None = None
    user_name: str | None = None
    name: Name | None = None
    display_name: str | None = None
    emails: list[Email] | None = None
    user_type: str | None = None
    active: bool | None = None
    meta: Meta | None = None


class Member(Schema):
    """A member of a group."""

    value: str
    type: str = "User"


class GroupResource(Schema):
    """A group (RFC 7643, 4.2)."""

    schemas: list[str] = [GROUP]
    id: str
    external_id: str | None = None
    display_name: str | None = None
    members: list[Member] | None = None
    meta: Meta | None = None


class _Found(Schema):
    schemas: list[str] = [LIST]
    total_results: int
    start_index: int | None = None
    items_per_page: int
    next_cursor: str | None = None


class UserList(_Found):
    """A page of people (RFC 7644, 3.4.2)."""

    resources: Annotated[list[UserResource], Field(serialization_alias="Resources")]


class GroupList(_Found):
    """A page of groups (RFC 7644, 3.4.2)."""

    resources: Annotated[list[GroupResource], Field(serialization_alias="Resources")]


class Described(Schema):
    """What the provider has: a list of schemas or types of resources (RFC 7644, 4)."""

    schemas: list[str] = [LIST]
    total_results: int
    resources: Annotated[list[dict[str, Any]], Field(serialization_alias="Resources")]


class Supported(Schema):
    """Whether something is supported, and how much of it."""

    supported: bool
    max_results: int | None = None
    max_operations: int | None = None
    max_payload_size: int | None = None


class AuthenticationScheme(Schema):
    """How a provider proves who it is."""

    type: Literal["oauthbearertoken"] = "oauthbearertoken"
    name: str = "API key"
    description: str = "An API key of the organisation with the scope users:manage, as a bearer token."


class ProviderConfig(Schema):
    """What of the protocol is supported (RFC 7643, 5)."""

    schemas: list[str] = ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]
    patch: Supported = Supported(supported=True)
    bulk: Supported = Supported(supported=False, max_operations=0, max_payload_size=0)
    filter: Supported = Supported(supported=True, max_results=100)
    change_password: Supported = Supported(supported=False)
    sort: Supported = Supported(supported=False)
    etag: Supported = Supported(supported=False)
    authentication_schemes: list[AuthenticationScheme] = [AuthenticationScheme()]
