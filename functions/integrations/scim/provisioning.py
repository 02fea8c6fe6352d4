"""What a provider asks for, from what it sent to what it gets."""

from typing import Any, TypeVar

from pydantic import ValidationError

from lyceum.kit.errors import BadRequest, Detail
from lyceum.kit.identity import Principal

from functions.integrations.scim import groups, patches, users, views
from functions.integrations.scim.schemas import (
    GroupResource,
    ResourceQuery,
    Sent,
    SentGroup,
    SentPatch,
    SentUser,
    UserResource,
)

S = TypeVar("S", bound=Sent)


def create_user(caller: Principal, wanted: SentUser) -> UserResource:
    """Make an account, or take up again one that was let go of."""
    return views.user(users.create(caller, wanted))


def show_user(user_id: str, query: ResourceQuery) -> UserResource:
    """Show a person; raises NotFound."""
    return views.narrowed(views.user(users.known(user_id)), query)


def replace_user(caller: Principal, user_id: str, wanted: SentUser) -> UserResource:
    """Let a person be as the provider says; raises NotFound, Forbidden, Conflict."""
    return views.user(users.change(caller, users.known(user_id), wanted))


def patch_user(caller: Principal, user_id: str, patch: SentPatch) -> UserResource:
    """Change parts of a person; raises BadRequest with a scimType for what comes to nothing that there is."""
    found = users.known(user_id)
    changed = patches.apply(_as_json(views.user(found)), patch.operations)
    return views.user(users.change(caller, found, _validated(SentUser, changed)))


def release_user(caller: Principal, user_id: str) -> str:
    """Let go of a person, and answer with nothing."""
    users.release(caller, user_id)
    return ""


def create_group(wanted: SentGroup) -> GroupResource:
    """Keep a group."""
    return views.group(*groups.create(wanted))


def show_group(group_id: str, query: ResourceQuery) -> GroupResource:
    """Show a group (2 storage requests, without members 1); raises NotFound."""
    group = groups.known(group_id)
    members = groups.members(group_id) if views.wants_members(query) else None
    return views.narrowed(views.group(group, members), query)


def replace_group(group_id: str, wanted: SentGroup) -> GroupResource:
    """Let a group be as the provider says; where no members are told, it has none."""
    whole = wanted if wanted.members is not None else wanted.model_copy(update={"members": []})
    return views.group(*groups.change(groups.known(group_id), groups.members(group_id), whole))


def patch_group(group_id: str, patch: SentPatch) -> GroupResource:
    """Change a group's name or members; raises NotFound, BadRequest."""
    group, before = groups.known(group_id), groups.members(group_id)
    changed = patches.apply(_as_json(views.group(group, before)), patch.operations)
    return views.group(*groups.change(group, before, _validated(SentGroup, changed)))


def remove_group(group_id: str) -> str:
    """Remove a group, and answer with nothing."""
    groups.remove(group_id)
    return ""


def _as_json(resource: UserResource | GroupResource) -> dict[str, Any]:
    return resource.model_dump(mode="json", by_alias=True)


def _validated(kind: type[S], changed: dict[str, Any]) -> S:
    try:
        return kind.model_validate(changed)
    except ValidationError as error:
        told = "After these changes the resource would not be valid."
        places = [".".join(map(str, each["loc"])) for each in error.errors(include_input=False)]
        raise BadRequest(told, details=[Detail(place, told, "invalidValue") for place in places[:5]]) from None
