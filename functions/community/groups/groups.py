"""Study groups: made, joined by code or invitation, left; and the roles of their members."""

from lyceum.events.community import GroupInvited, GroupLeft
from lyceum.kit import clock, ids
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, Forbidden, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.model.community.groups import GroupCode, GroupMember, StudyGroup
from lyceum.model.users.account import User
from lyceum.rules.profiles import is_minor
from lyceum.tasks.community import RemoveGroupMessages

from functions.community.groups.schemas import AddMember, GroupQuery, GroupView, JoinGroup, MakeGroup, MemberView
from functions.community.writing import contacts, people

MOST_GROUPS = 30
"""Groups that somebody is in or invited to."""
_CODE_LENGTH = 8
_MOST_MEMBERS = 200
"""Rows of a group: its members, and who is invited."""
_STAFF = ("owner", "moderator")


def make(caller: Principal, wanted: MakeGroup) -> GroupView:
    """Make a group that the caller owns (2 requests and a transaction); raises Conflict for one too many."""
    _require_room(caller.user_id)
    user = contacts.present(User.fetch(user_id=caller.user_id, consistent=True))
    return retry_on_conflict(lambda: _make(caller, user, wanted))


def _make(caller: Principal, user: User, wanted: MakeGroup) -> GroupView:
    group = StudyGroup(
        group_id=ids.new_id(), owner_id=caller.user_id, join_code=ids.new_code(_CODE_LENGTH), **wanted.model_dump()
    )
    member = GroupMember(
        group_id=group.group_id,
        user_id=caller.user_id,
        name=people.shown_name(user),
        role="owner",
        joined_at=clock.now(),
    )
    taken = Conflict("This code is another group's.", code="EDIT_CONFLICT")
    code = GroupCode(join_code=group.join_code, group_id=group.group_id)
    Unit().create(group).create(member).create(code, refuse=taken).commit()
    return view(group, member)


def _require_room(user_id: str) -> None:
    if len(find(GroupMember, index="gsi1", user_id=user_id, limit=MOST_GROUPS).items) >= MOST_GROUPS:
        raise Conflict(f"One is in {MOST_GROUPS} groups at most.", code="TOO_MANY_GROUPS")


def own(caller: Principal, query: GroupQuery) -> Slice[GroupView]:
    """Return a page of the caller's groups, or one of them with its members (2 storage requests)."""
    if query.group_id is not None:
        group, member = _membership(caller, query.group_id)
        rows = find(GroupMember, group_id=query.group_id, limit=_MOST_MEMBERS).items if member.state == "active" else []
        shown = [member_view(each) for each in rows if each.state != "removed"]
        return Slice([view(group, member).model_copy(update={"members": shown})], None)
    found = find(GroupMember, index="gsi1", user_id=caller.user_id, limit=query.limit, after=query.start_key())
    groups = batch_fetch([StudyGroup.at(group_id=each.group_id) for each in found.items]) if found.items else []
    pairs = zip(found.items, groups, strict=True)
    seen = [view(group, each) for each, group in pairs if isinstance(group, StudyGroup) and each.state != "removed"]
    return Slice(seen, found.last_key)


def _membership(caller: Principal, group_id: str) -> tuple[StudyGroup, GroupMember]:
    """Read a group and what the caller is in it (1 request); raises NotFound for whom it is none of their business."""
    group, member = fetch_many(
        StudyGroup.at(group_id=group_id),
        GroupMember.at(group_id=group_id, user_id=caller.user_id),
        consistent=True,
    )
    if group is None or member is None or member.state == "removed":
        raise missing()
    return group, member


def active_member(caller: Principal, group_id: str) -> tuple[StudyGroup, GroupMember]:
    """Read a group that the caller is in (1 request); raises NotFound for anybody else."""
    group, member = _membership(caller, group_id)
    if member.state != "active":
        raise missing()
    return group, member


def missing() -> NotFound:
    """Return the refusal of whom a group is none of their business."""
    return NotFound("There is no such group.")


def add(caller: Principal, group_id: str, wanted: AddMember) -> MemberView:
    """Invite somebody, change a member's role, or accept one's own invitation.

    Raises NotFound for strangers, Forbidden for members without that right and for whom the caller can not write to,
    Conflict for a group that is full.
    """
    if wanted.user_id is None or wanted.user_id == caller.user_id:
        return retry_on_conflict(lambda: _accept(caller, group_id))
    return _invite(caller, group_id, wanted.user_id, wanted.role)


def _accept(caller: Principal, group_id: str) -> MemberView:
    group, member = _membership(caller, group_id)
    if member.state == "active":
        return member_view(member)
    user = contacts.present(User.fetch(user_id=caller.user_id))
    member.state, member.joined_at, member.name = "active", clock.now(), people.shown_name(user)
    _enter(Unit().replace(member), group).commit()
    return member_view(member)


def _enter(unit: Unit, group: StudyGroup) -> Unit:
    full = Conflict("This group is full.", code="GROUP_FULL")
    has_room = StudyGroup.member_count < StudyGroup.most_members
    return unit.change(group, StudyGroup.member_count.add(1), when=has_room, refuse=full)


def _invite(caller: Principal, group_id: str, user_id: str, role: str | None) -> MemberView:
    group, mine = active_member(caller, group_id)
    if mine.role not in _STAFF:
        raise Forbidden("Only the owner and moderators of a group invite.", code="NOT_GROUP_STAFF")
    me, other, known = fetch_many(
        User.at(user_id=caller.user_id),
        User.at(user_id=user_id),
        GroupMember.at(group_id=group_id, user_id=user_id),
        consistent=True,
    )
    inviter, invited = contacts.present(me), contacts.present(other)
    if known is not None and known.state == "active":
        return _set_role(mine, known, role)
    contacts.require(inviter, invited)
    _require_room(user_id)
    member = known or GroupMember(group_id=group_id, user_id=user_id, name=people.shown_name(invited))
    member.state, member.role, member.invited_by = "invited", "member", caller.user_id
    told = GroupInvited(
        group_id=group_id,
        group_name=group.name,
        user_id=user_id,
        inviter_id=caller.user_id,
        inviter_name=people.shown_name(inviter),
    )
    unit = Unit().save(member)
    send(unit, told)  # it holds a name, which an item that lasts would keep longer than its bearer
    unit.commit()
    return member_view(member)


def _set_role(mine: GroupMember, other: GroupMember, role: str | None) -> MemberView:
    if role is None or role == other.role:
        raise Conflict("This person is in the group already.", code="MEMBER_ALREADY")
    if mine.role != "owner" or other.role == "owner":
        raise Forbidden("Only the owner gives roles.", code="NOT_GROUP_STAFF")
    other.role = role
    Unit().replace(other).commit()
    return member_view(other)


def join(caller: Principal, wanted: JoinGroup) -> GroupView:
    """Join a group by its code; a minor joins groups of people whom they may write to.

    Raises NotFound for a code that is none and for whom the group removed, Conflict for a group that is full.
    """
    return retry_on_conflict(lambda: _join(caller, wanted))


def _join(caller: Principal, wanted: JoinGroup) -> GroupView:
    code = GroupCode.fetch(join_code=wanted.code, consistent=True)
    if code is None:
        raise missing()
    group, member, me = fetch_many(
        StudyGroup.at(group_id=code.group_id),
        GroupMember.at(group_id=code.group_id, user_id=caller.user_id),
        User.at(user_id=caller.user_id),
        consistent=True,
    )
    if group is None or (member is not None and member.state == "removed"):
        raise missing()
    if member is not None and member.state == "active":
        return view(group, member)
    user = contacts.present(me)
    if is_minor(user):
        contacts.require(user, contacts.present(User.fetch(user_id=group.owner_id)))
    if member is None:
        _require_room(caller.user_id)
    joining = member or GroupMember(group_id=group.group_id, user_id=caller.user_id)
    joining.name, joining.state, joining.joined_at = people.shown_name(user), "active", clock.now()
    _enter(Unit().save(joining), group).commit()
    return view(group, joining)


def remove(caller: Principal, group_id: str, user_id: str) -> None:
    """Leave a group, decline an invitation, or remove a member, who comes back by an invitation only.

    The group of an owner who leaves goes to its oldest moderator, or member; the last one takes it along. Raises
    NotFound for strangers, Forbidden for whom a member may not remove.
    """
    retry_on_conflict(lambda: _remove(caller, group_id, user_id))


def _remove(caller: Principal, group_id: str, user_id: str) -> None:
    group, mine = _membership(caller, group_id)
    if user_id == caller.user_id:
        leave(group, mine)
        return
    other = GroupMember.require(group_id=group_id, user_id=user_id, consistent=True)
    may_remove = mine.state == "active" and (mine.role == "owner" or (mine.role, other.role) == ("moderator", "member"))
    if not may_remove:
        raise Forbidden("Your role in this group does not allow this.", code="NOT_GROUP_STAFF")
    if other.state == "removed":
        raise NotFound("There is no such member.")
    was_active = other.state == "active"
    other.state, other.role = "removed", "member"
    unit = Unit().replace(other)
    if was_active:
        unit.change(group, StudyGroup.member_count.add(-1), events=[GroupLeft(group_id=group_id, user_id=user_id)])
    unit.commit()


def leave(group: StudyGroup, member: GroupMember) -> None:
    """Take somebody out of a group; raises Conflict when it changed meanwhile."""
    left = GroupLeft(group_id=group.group_id, user_id=member.user_id)
    unchanged = GroupMember.version == member.version
    meanwhile = Conflict("This group was changed meanwhile.", code="EDIT_CONFLICT")
    unit = Unit().remove(member, when=unchanged, refuse=meanwhile)
    if member.state != "active":
        unit.commit()
    elif member.role != "owner":
        unit.change(group, StudyGroup.member_count.add(-1), events=[left]).commit()
    else:
        _hand_on(unit, group, member, left)


def _hand_on(unit: Unit, group: StudyGroup, owner: GroupMember, left: GroupLeft) -> None:
    rows = find(GroupMember, group_id=group.group_id, limit=_MOST_MEMBERS, consistent=True).items
    others = [each for each in rows if each.state == "active" and each.user_id != owner.user_id]
    others.sort(key=lambda each: (each.role != "moderator", clock.iso(each.joined_at), each.user_id))
    if others:
        heir = others[0]
        heir.role = "owner"
        is_same = StudyGroup.owner_id == owner.user_id
        meanwhile = Conflict("This group was changed meanwhile.", code="EDIT_CONFLICT")
        changes = [StudyGroup.owner_id.set(heir.user_id), StudyGroup.member_count.add(-1)]
        unit.replace(heir).change(group, *changes, when=is_same, events=[left], refuse=meanwhile).commit()
        return
    for each in rows[: _MOST_MEMBERS // 4]:
        if each.user_id != owner.user_id:
            unit.remove(each)
    empty = Conflict("Somebody joined meanwhile.", code="EDIT_CONFLICT")
    unit.remove(group, when=StudyGroup.member_count == 1, refuse=empty)
    unit.remove(GroupCode.at(join_code=group.join_code))
    send(unit, left, RemoveGroupMessages(group_id=group.group_id))
    unit.commit()


def view(group: StudyGroup, member: GroupMember) -> GroupView:
    """Show a group to somebody who is in it or invited."""
    is_in = member.state == "active"
    names = ("group_id", "name", "description", "subject", "owner_id", "created_at")
    return GroupView(
        **{name: getattr(group, name) for name in names},
        role=member.role,
        state=member.state,
        member_count=int(group.member_count),
        most_members=int(group.most_members),
        join_code=group.join_code if is_in else None,
    )


def member_view(member: GroupMember) -> MemberView:
    """Show somebody in a group."""
    names = ("user_id", "name", "role", "state", "joined_at")
    return MemberView.model_validate({name: getattr(member, name) for name in names})
