"""The directory over HTTP: SCIM 2.0 (RFC 7644) below `/scim/v2`."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, Api, Caller, Query, may
from lyceum.kit.http.error_forms import SCIM
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.integrations.scim import description, provisioning, searching
from functions.integrations.scim.schemas import (
    Described,
    GroupList,
    GroupResource,
    ListQuery,
    ProviderConfig,
    ResourceQuery,
    SentGroup,
    SentPatch,
    SentUser,
    UserList,
    UserResource,
)

api = Api("integrations", recheck=recheck)
handler = api.handler
_DIRECTORY = may(Permission.MANAGE_USERS)
_JSON = "application/scim+json"


@api.get("/scim/v2/ServiceProviderConfig", access=PUBLIC, raw=_JSON, errors=SCIM)
def show_provider_config() -> ProviderConfig:
    """Show what of the protocol is supported (RFC 7644, 4)."""
    return ProviderConfig()


@api.get("/scim/v2/Schemas", access=PUBLIC, raw=_JSON, errors=SCIM)
def list_directory_schemas() -> Described:
    """List the schemas of people and groups."""
    return description.schemas()


@api.get("/scim/v2/ResourceTypes", access=PUBLIC, raw=_JSON, errors=SCIM)
def list_resource_types() -> Described:
    """List the types of resources."""
    return description.resource_types()


@api.get("/scim/v2/Users", access=_DIRECTORY, raw=_JSON, errors=SCIM)
def list_directory_users(query: Annotated[ListQuery, Query()]) -> UserList:
    """List or find people as an identity provider asks for them."""
    return searching.people(query)


@api.post("/scim/v2/Users", access=_DIRECTORY, status=201, limit="6000/hour", raw=_JSON, errors=SCIM, refuses=(409,))
def create_directory_user(caller: Caller, body: SentUser) -> UserResource:
    """Make an account for a person of the directory, or take up again one that it had let go of."""
    return provisioning.create_user(caller, body)


@api.get("/scim/v2/Users/{resourceId}", access=_DIRECTORY, raw=_JSON, errors=SCIM)
def show_directory_user(resource_id: str, query: Annotated[ResourceQuery, Query()]) -> UserResource:
    """Show a person as the directory keeps them."""
    return provisioning.show_user(resource_id, query)


@api.put("/scim/v2/Users/{resourceId}", access=_DIRECTORY, limit="6000/hour", raw=_JSON, errors=SCIM, refuses=(409,))
def set_directory_user(caller: Caller, resource_id: str, body: SentUser) -> UserResource:
    """Let a person be as the directory says; who is not active any more is suspended at once."""
    return provisioning.replace_user(caller, resource_id, body)


@api.patch("/scim/v2/Users/{resourceId}", access=_DIRECTORY, limit="6000/hour", raw=_JSON, errors=SCIM)
def update_directory_user(caller: Caller, resource_id: str, body: SentPatch) -> UserResource:
    """Change parts of a person (RFC 7644, 3.5.2)."""
    return provisioning.patch_user(caller, resource_id, body)


@api.delete("/scim/v2/Users/{resourceId}", access=_DIRECTORY, raw=_JSON, errors=SCIM, status=204)
def remove_directory_user(caller: Caller, resource_id: str) -> str:
    """Let go of a person: the account is suspended and what they did stays."""
    return provisioning.release_user(caller, resource_id)


@api.get("/scim/v2/Groups", access=_DIRECTORY, raw=_JSON, errors=SCIM)
def list_directory_groups(query: Annotated[ListQuery, Query()]) -> GroupList:
    """List or find the groups of the directory, without their members."""
    return searching.groups_of(query)


@api.post("/scim/v2/Groups", access=_DIRECTORY, status=201, limit="6000/hour", raw=_JSON, errors=SCIM, refuses=(409,))
def create_directory_group(body: SentGroup) -> GroupResource:
    """Keep a group of the directory."""
    return provisioning.create_group(body)


@api.get("/scim/v2/Groups/{resourceId}", access=_DIRECTORY, raw=_JSON, errors=SCIM)
def show_directory_group(resource_id: str, query: Annotated[ResourceQuery, Query()]) -> GroupResource:
    """Show a group with its members."""
    return provisioning.show_group(resource_id, query)


@api.put("/scim/v2/Groups/{resourceId}", access=_DIRECTORY, limit="6000/hour", raw=_JSON, errors=SCIM)
def set_directory_group(resource_id: str, body: SentGroup) -> GroupResource:
    """Let a group be as the directory says."""
    return provisioning.replace_group(resource_id, body)


@api.patch("/scim/v2/Groups/{resourceId}", access=_DIRECTORY, limit="6000/hour", raw=_JSON, errors=SCIM)
def update_directory_group(resource_id: str, body: SentPatch) -> GroupResource:
    """Change the name of a group, or add and remove members."""
    return provisioning.patch_group(resource_id, body)


@api.delete("/scim/v2/Groups/{resourceId}", access=_DIRECTORY, raw=_JSON, errors=SCIM, status=204)
def remove_directory_group(resource_id: str) -> str:
    """Remove a group; its members stay."""
    return provisioning.remove_group(resource_id)
