"""The list of accounts, the search and the counts, which follow from events."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.events.users import UserDeleted, UserRegistered, UserRenamed, UserRoleChanged
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.event import Event
from lyceum.kit.table import Unit, write_many
from lyceum.model.users.account import User
from lyceum.model.users.directory import DirectoryTerm, UserCount
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.users.events import directory

CAST = [
    ("Ada", "Lovelace", "countess", "student"),
    ("Alan", "Turing", "ada.fan", "instructor"),
    ("Grace", "Adams", "grace", "student"),
    ("Zoë", "Åström", "zoe", "mentor"),
]


def hand(*events: Event) -> int:
    entries = [
        {"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}
        for event in events
    ]
    return len(
        directory.consumer.handler({"Records": [record(entry) for entry in entries]}, LAMBDA)["batchItemFailures"]
    )


@pytest.fixture
def cast(client: Client) -> Client:
    """Four people whom the directory knows; returns the admin who looks for them."""
    users = [
        User(
            user_id=f"user{number}",
            first_name=first,
            last_name=last,
            username=username,
            email=f"{username}@example.com",
            role=role,
        )
        for number, (first, last, username, role) in enumerate(CAST)
    ]
    write_many(users)
    assert hand(*[UserRegistered(user_id=user.user_id, role=user.role) for user in users]) == 0
    return client.as_("admin")


def names(reply: Any) -> list[str]:
    return [person["firstName"] for person in reply.data if person["lastName"] != "Test"]


def count(group: str) -> int:
    return int((UserCount.fetch(group=group) or UserCount()).total)


def test_the_list_is_in_the_order_of_last_names_with_its_total(cast: Client) -> None:
    reply = cast.get("/api/users")
    assert names(reply) == ["Grace", "Ada", "Alan", "Zoë"]
    assert reply.pagination["total"] == 4
    assert reply.cost.operations == ["BatchGetItem", "Query", "GetItem"]


def test_pages_follow_one_another(cast: Client) -> None:
    first = cast.get("/api/users", {"limit": 3})
    second = cast.get("/api/users", {"limit": 3, "cursor": first.pagination["nextCursor"]})
    assert len(first.data) == 3 and names(first) + names(second) == ["Grace", "Ada", "Alan", "Zoë"]
    assert cast.get("/api/users", {"role": "student", "cursor": first.pagination["nextCursor"]}).status == 400


def test_filters_work_together(cast: Client) -> None:
    reply = cast.get("/api/users", {"role": "student"})
    assert names(reply) == ["Grace", "Ada"] and reply.pagination["total"] == 2
    Unit().change(User.at(user_id="user0"), User.tier.set("pro")).commit()
    reply = cast.get("/api/users", {"role": "student", "tier": "pro"})
    assert names(reply) == ["Ada"] and "total" not in reply.pagination
    assert reply.cost.operations == ["BatchGetItem", "Query"]
    assert names(cast.get("/api/users", {"query": "ada", "tier": "pro"})) == ["Ada"]


def test_a_status_is_what_it_is_now(cast: Client, clock: Clock) -> None:
    for number, until in enumerate((clock.at + timedelta(hours=1), None)):
        end = [User.suspended_until.set(until)] if until else []
        Unit().change(User.at(user_id=f"user{number}"), User.status.set("suspended"), *end).commit()
    Unit().change(User.at(user_id="user2"), User.status.set("deleted")).commit()

    def listed(**query: str) -> set[str]:
        return set(names(cast.get("/api/users", query)))

    assert listed(status="suspended") == {"Ada", "Alan"} and listed(status="active") == {"Zoë"}
    assert listed(status="deleted") == {"Grace"} and "Grace" not in listed()
    clock.advance(hours=1)
    assert listed(status="suspended") == listed(status="suspended", query="a") == {"Alan"}
    assert listed(status="active") == {"Ada", "Zoë"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ada", {"Ada", "Alan", "Grace"}),
        ("ADA l", {"Ada"}),
        ("lovelace a", {"Ada"}),
        ("countess@", {"Ada"}),
        ("zo\u0065\u0308", {"Zoë"}),
        ("tur", {"Alan"}),
        ("uring", set()),
        ("\U0010ffff", set()),
        ("ﷺ" * 100, set()),
    ],
)
def test_people_are_found_by_the_beginning_of_any_of_their_names(cast: Client, query: str, found: set[str]) -> None:
    reply = cast.get("/api/users", {"query": query})
    assert sorted(names(reply)) == sorted(found)  # each once
    assert reply.cost.operations == ["BatchGetItem", "Query", *(["BatchGetItem"] if found else [])]


def test_nobody_is_found_twice_on_two_pages(cast: Client) -> None:
    found, cursor = [], None
    while True:
        reply = cast.get("/api/users", {"query": "a", "limit": 1} | ({"cursor": cursor} if cursor else {}))
        found += names(reply)
        cursor = reply.pagination.get("nextCursor")
        if cursor is None:
            break
    assert sorted(found) == ["Ada", "Alan", "Grace", "Zoë"]  # Åström, for whoever types no ring


def test_a_new_name_takes_the_place_of_the_old(cast: Client) -> None:
    user = User.require(user_id="user0")
    user.last_name, user.email = "King", None
    Unit().replace(user).commit()
    assert hand(UserRenamed(user_id="user0"), UserRenamed(user_id="user0")) == 0
    assert (
        names(cast.get("/api/users", {"query": "lovelace"}))
        == names(cast.get("/api/users", {"query": "countess@"}))
        == []
    )
    assert names(cast.get("/api/users", {"query": "king"})) == ["Ada"]
    assert names(cast.get("/api/users"))[1] == "Ada"


def test_counts_follow_events_once_and_whatever_their_order(cast: Client) -> None:
    events = [
        UserRoleChanged(user_id="user0", old_role="student", new_role="moderator"),
        UserRoleChanged(user_id="user1", old_role="instructor", new_role="instructor"),
    ]
    assert hand(*events, *events) == 0
    assert (count("all"), count("student"), count("moderator"), count("instructor")) == (4, 1, 1, 1)


def test_the_deleted_are_struck_out_and_stay_so(cast: Client, clock: Clock) -> None:
    Unit().change(User.at(user_id="user0"), User.status.set("deleted")).commit()
    gone = UserDeleted(user_id="user0", role="student", purge_at=clock.at)
    assert hand(gone) == hand(gone, UserRenamed(user_id="user0")) == 0
    assert (count("all"), count("student")) == (3, 1)
    assert DirectoryTerm.fetch(user_id="user0", slot="name") is None
    assert names(cast.get("/api/users", {"query": "lovelace"})) == []


def test_an_event_that_comes_again_after_its_marker_is_gone_doubles_no_entry(cast: Client) -> None:
    event = UserRenamed(user_id="user0")
    assert hand(event) == 0
    Unit().remove(ProcessedEvent.at(consumer="users-directory", event_id=event.event_id)).commit()
    assert hand(event) == 0
    assert names(cast.get("/api/users", {"query": "lovelace"})) == ["Ada"]


def test_names_as_long_as_allowed_fit_their_indexes(client: Client, tenant: str) -> None:
    caller = client.as_("student")
    long = "\U0001d504" * 200  # four bytes each, before and after normalisation more or less
    assert caller.patch(f"/api/users/{caller.user_id}", {"firstName": long, "lastName": "ﷺ" * 200}).status == 200
    assert hand(UserRenamed(user_id=caller.user_id)) == 0
    keys = [value["S"] for item in client.cloud.items(tenant) for name, value in item.items() if name.endswith("SK")]
    assert max(len(key.encode()) for key in keys) <= 1024


def test_the_list_is_for_admins_of_the_tenant(cast: Client, client: Client) -> None:
    assert client.as_("moderator").get("/api/users").status == 403
    with client.cloud.new_tenant() as other:
        assert [person["username"] for person in client.of(other).as_("admin").get("/api/users").data] == ["admin"]
