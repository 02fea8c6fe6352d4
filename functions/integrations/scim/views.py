"""Resources as providers get them."""

from typing import Any, TypeVar

from lyceum.kit import clock
from lyceum.kit.http import Schema
from lyceum.kit.settings import settings
from lyceum.model.integrations.directory import DirectoryGroup

from functions.integrations.scim.schemas import (
    Email,
    GroupResource,
    Member,
    Meta,
    Name,
    ResourceQuery,
    UserResource,
)
from functions.integrations.scim.users import Entry

ROOT = "/scim/v2"
_ALWAYS = frozenset({"schemas", "id"})
R = TypeVar("R", bound=Schema)


def user(found: Entry) -> UserResource:
    """Show a person; without a name, where the account says none."""
    account, link = found.user, found.link
    whole = f"{account.first_name} {account.last_name}"
    return UserResource(
        id=account.user_id,
        external_id=link.external_id if link else None,
        user_name=found.user_name,
        name=Name(given_name=account.first_name, family_name=account.last_name, formatted=whole),
        display_name=whole,
        emails=[Email(value=account.email)] if account.email else [],
        user_type=account.role,
        active=account.status_at(clock.now()) == "active",
        meta=_meta("User", account, account.user_id),
    )


def group(found: DirectoryGroup, member_ids: list[str] | None) -> GroupResource:
    """Show a group, with its members where they were read."""
    return GroupResource(
        id=found.group_id,
        external_id=found.external_id,
        display_name=found.display_name,
        members=None if member_ids is None else [Member(value=each) for each in member_ids],
        meta=_meta("Group", found, found.group_id),
    )


def _meta(kind: str, item: Any, resource_id: str) -> Meta:
    location = f"{settings().api_url}{ROOT}/{kind}s/{resource_id}"
    return Meta(resource_type=kind, created=item.created_at, last_modified=item.updated_at, location=location)


def narrowed(resource: R, query: ResourceQuery) -> R:
    """Leave out what was not asked for (RFC 7644, 3.9); schemas and id are always told."""
    fields = type(resource).model_fields
    asked, excluded = _named(query.attributes), _named(query.excluded_attributes)
    left_out = {
        name: None
        for name, field in fields.items()
        if name not in _ALWAYS
        and ((asked and (field.alias or name).lower() not in asked) or (field.alias or name).lower() in excluded)
    }
    return resource.model_copy(update=left_out)


def _named(text: str | None) -> set[str]:
    """Read names of attributes: with or without their schema, of the parts of one the whole."""
    names = (each.strip().rpartition(":")[2].partition(".")[0].lower() for each in (text or "").split(","))
    return {name for name in names if name}


def wants_members(query: ResourceQuery) -> bool:
    """Say whether the members of a group are asked for."""
    asked = _named(query.attributes)
    return (not asked or "members" in asked) and "members" not in _named(query.excluded_attributes)
