"""Study groups: codes, invitations, roles, limits, a chat for members, and handing on."""

from functools import partial
from typing import Any

from lyceum.kit.table import find
from lyceum.model.community.groups import GroupMember, GroupMessage, StudyGroup
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

GROUPS = "/api/groups"


def make(owner: Client, **values: Any) -> dict[str, Any]:
    reply = owner.post(GROUPS, {"name": "Night owls", **values})
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.data
    return made


def join(caller: Client, group: dict[str, Any]) -> int:
    return caller.post(f"{GROUPS}/join", {"code": group["joinCode"].lower()}).status


def members(caller: Client, group: dict[str, Any]) -> dict[str, str]:
    (shown,) = caller.get(GROUPS, {"groupId": group["groupId"]}).data
    assert shown["memberCount"] == sum(each["state"] == "active" for each in shown["members"])
    return {each["name"]: each["role"] for each in shown["members"] if each["state"] == "active"}


def test_a_group_is_joined_by_its_code_and_talks(people: Community, clock: Clock) -> None:
    ada, eve, stranger = people.adult("ada"), people.adult("eve"), people.adult("stranger")
    with within_rights():
        group = make(ada, subject="Mathematics")
        assert join(eve, group) == join(eve, group) == 200
        chat = f"{GROUPS}/{group['groupId']}/messages"
        for number, sender in enumerate((ada, eve, ada)):
            clock.advance(seconds=1)
            assert sender.post(chat, {"content": f"Message {number} <script>x</script>"}).status == 201
        people.settle("")
    page = eve.get(chat, {"limit": 2})
    assert page.cost.requests == 2
    rest = eve.get(chat, {"limit": 2, "cursor": page.pagination["nextCursor"]}).data
    assert [(each["content"].strip(), each["isOwn"]) for each in (*page.data, *rest)] == [
        ("Message 2", False),
        ("Message 1", True),
        ("Message 0", False),
    ]
    assert stranger.get(chat).status == stranger.post(chat, {"content": "Hello"}).status == 404
    assert stranger.get(GROUPS, {"groupId": group["groupId"]}).status == 404
    assert members(ada, group) == {"Ada Test": "owner", "Eve Test": "member"}
    assert [each["groupId"] for each in eve.get(GROUPS).data] == [group["groupId"]]
    assert stranger.post(f"{GROUPS}/join", {"code": "ZZZZZZZZ"}).status == 404


def test_people_are_invited_by_those_who_may_write_to_them(people: Community) -> None:
    ada, eve, stranger = people.adult("ada"), people.adult("eve"), people.adult("stranger")
    people.course(people.person("instructor"), ada, eve)
    group = make(ada)
    path = f"{GROUPS}/{group['groupId']}/members"
    assert ada.post(path, {"userId": eve.user_id}).data["state"] == "invited"
    people.settle("notifications")
    assert people.notices(eve) == ["group.invited"]
    (shown,) = eve.get(GROUPS).data
    assert shown["state"] == "invited" and "joinCode" not in shown
    assert eve.get(f"{path.removesuffix('members')}messages").status == 404
    assert eve.post(path).data["state"] == "active"
    assert ada.post(path, {"userId": stranger.user_id}).error.code == "MAY_NOT_WRITE"
    assert stranger.post(path).status == 404
    assert eve.post(path, {"userId": stranger.user_id}).error.code == "NOT_GROUP_STAFF"


def test_a_group_takes_so_many_and_no_more(people: Community) -> None:
    group = make(people.adult("ada"), mostMembers=3)
    others = [people.adult(f"o{number}") for number in range(5)]
    states = at_once(*(partial(join, other, group) for other in others))
    assert sorted(states) == [200, 200, 409, 409, 409]
    assert len(members(people.adult("ada"), group)) == 3


def test_roles_say_who_removes_whom(people: Community) -> None:
    ada, eve, sam = people.adult("ada"), people.adult("eve"), people.adult("sam")
    group = make(ada)
    assert join(eve, group) == join(sam, group) == 200
    path = f"{GROUPS}/{group['groupId']}/members"
    assert eve.delete(f"{path}/{sam.user_id}").error.code == "NOT_GROUP_STAFF"
    assert eve.post(path, {"userId": sam.user_id, "role": "moderator"}).error.code == "NOT_GROUP_STAFF"
    assert ada.post(path, {"userId": eve.user_id, "role": "moderator"}).data["role"] == "moderator"
    assert eve.delete(f"{path}/{ada.user_id}").error.code == "NOT_GROUP_STAFF"
    assert eve.delete(f"{path}/{sam.user_id}").status == 200
    assert eve.delete(f"{path}/{sam.user_id}").status == 404
    assert join(sam, group) == 404
    assert sam.get(GROUPS).data == []
    people.course(people.person("instructor"), ada, sam)
    assert ada.post(path, {"userId": sam.user_id}).status == 200
    assert sam.post(path).data["state"] == "active"


def test_an_owner_who_leaves_hands_the_group_on(people: Community, clock: Clock) -> None:
    ada, eve, sam = people.adult("ada"), people.adult("eve"), people.adult("sam")
    group = make(ada)
    for each in (eve, sam):
        clock.advance(minutes=1)
        join(each, group)
    path = f"{GROUPS}/{group['groupId']}/members"
    ada.post(path, {"userId": sam.user_id, "role": "moderator"})
    assert ada.delete(f"{path}/{ada.user_id}").status == 200
    assert members(eve, group) == {"Eve Test": "member", "Sam Test": "owner"}
    assert sam.delete(f"{path}/{sam.user_id}").status == 200
    assert members(eve, group) == {"Eve Test": "owner"}
    eve.post(f"{GROUPS}/{group['groupId']}/messages", {"content": "Alone."})
    assert eve.delete(f"{path}/{eve.user_id}").status == 200
    people.settle()
    assert StudyGroup.fetch(group_id=group["groupId"]) is None
    assert find(GroupMember, group_id=group["groupId"]).items == []
    assert find(GroupMessage, group_id=group["groupId"]).items == []
    assert join(ada, group) == 404
