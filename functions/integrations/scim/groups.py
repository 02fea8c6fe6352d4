"""Groups of the directory, with their members. A group gives no rights here: it is kept, and told as it was given."""

from lyceum.kit import ids
from lyceum.kit.errors import BadRequest, Conflict, Detail, NotFound
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.audit import audit
from lyceum.model.integrations.directory import DirectoryGroup, DirectoryMember
from lyceum.model.users.account import User

from functions.integrations.scim.schemas import SentGroup

MOST = 500
"""Groups of an organisation."""
MOST_MEMBERS = 1000
MOST_CHANGES = 90
"""Members that one request adds and takes away, which is one transaction."""


def create(wanted: SentGroup) -> tuple[DirectoryGroup, list[str]]:
    """Make a group; raises Conflict with `uniqueness` for a name that there is, BadRequest with `tooMany`."""
    every = find(DirectoryGroup, limit=MOST).items
    if any(each.display_name.casefold() == wanted.display_name.casefold() for each in every):
        told = "There is a group of this name."
        raise Conflict(told, details=[Detail("displayName", told, "uniqueness")])
    if len(every) >= MOST:
        raise _too_many(f"There are {MOST} groups at most.")
    group = DirectoryGroup(group_id=ids.new_id(), display_name=wanted.display_name, external_id=wanted.external_id)
    members = _ids(wanted)
    unit = Unit().create(group)
    _change_members(unit, group.group_id, set(), set(members))
    unit.create(audit("directory.group", group.group_id, before={}, after={"members": len(members)})).commit()
    return group, members


def _too_many(message: str) -> BadRequest:
    return BadRequest(message, details=[Detail("members", message, "tooMany")])


def known(group_id: str) -> DirectoryGroup:
    """Read a group (1 storage request); raises NotFound."""
    return DirectoryGroup.require(group_id=group_id, consistent=True)


def members(group_id: str) -> list[str]:
    """Return the ids of a group's members (1 storage request)."""
    found = find(DirectoryMember, group_id=group_id, limit=MOST_MEMBERS, consistent=True).items
    return [str(each.user_id) for each in found]


def change(group: DirectoryGroup, before: list[str], wanted: SentGroup) -> tuple[DirectoryGroup, list[str]]:
    """Let a group be as the directory says; where no members are told, those stay.

    Raises BadRequest with `tooMany` for more than ninety members that come and go at once, or more than a thousand.
    """
    after = before if wanted.members is None else _ids(wanted)
    if len(after) > MOST_MEMBERS:
        raise _too_many(f"A group has {MOST_MEMBERS} members at most.")
    unit = Unit()
    _change_members(unit, group.group_id, set(before), set(after))
    if (group.display_name, group.external_id) != (wanted.display_name, wanted.external_id):
        group.display_name, group.external_id = wanted.display_name, wanted.external_id
        unit.replace(group)
    if len(unit):
        counts = {"members": len(before)}, {"members": len(after)}
        unit.create(audit("directory.group", group.group_id, before=counts[0], after=counts[1]))
    unit.commit()
    return group, after


def _ids(wanted: SentGroup) -> list[str]:
    return list(dict.fromkeys(each.value for each in wanted.members or []))


def _change_members(unit: Unit, group_id: str, before: set[str], after: set[str]) -> None:
    added, gone = sorted(after - before), sorted(before - after)
    if len(added) + len(gone) > MOST_CHANGES:
        raise _too_many(f"A request adds and removes {MOST_CHANGES} members at most.")
    people = batch_fetch([User.at(user_id=each) for each in added]) if added else []
    if not all(isinstance(each, User) and each.status != "deleted" for each in people):
        raise NotFound("One of the members is no user.")
    for user_id in added:
        unit.put(DirectoryMember(group_id=group_id, user_id=user_id))
    for user_id in gone:
        unit.remove(DirectoryMember.at(group_id=group_id, user_id=user_id))


def remove(group_id: str) -> None:
    """Remove a group; its members stay who they are. Raises NotFound."""
    group = known(group_id)
    unit = Unit().remove(group)
    for user_id in members(group_id)[:MOST_CHANGES]:
        unit.remove(DirectoryMember.at(group_id=group_id, user_id=user_id))
    unit.create(audit("directory.group_removed", group_id, before={}, after={})).commit()
