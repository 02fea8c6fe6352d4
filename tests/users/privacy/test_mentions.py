"""Messages that carry somebody's name or words go when that person is erased, whoever's inbox they are in."""

from datetime import datetime
from typing import Any

import pytest

from lyceum.events.community import MessageSent, QuestionOffered
from lyceum.events.users import UserErased
from lyceum.kit import clock as time
from lyceum.kit.event import Message
from lyceum.model.notifications.inbox import InboxCounter
from tests.notifications.conftest import counts, hand, tell
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.workers import deliver

from functions.notifications.events import inbox

CANARY = "Zanzibar"
OF_THINGS = {"file", "group"}
"""What has a name and is nobody."""


def persons() -> list[tuple[type[Message], str]]:
    """Return every event that inboxes are told of with the name of a person, and whose name it is."""
    kinds = {event for event, _ in inbox.REACTIONS}
    named = [(kind, name.removesuffix("_name")) for kind in kinds for name in kind.model_fields]
    found = [(kind, who) for kind, who in named if f"{who}_name" in kind.model_fields and who not in OF_THINGS]
    return sorted(found, key=lambda each: (each[0].name, each[1]))


def planted(client: Client, kind: type[Message], who: str) -> Any:
    """Make an event with a canary as somebody's name; everybody whom it names has an account."""
    values: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if name.endswith("_id") and field.is_required():
            values[name] = client.as_(name.removesuffix("_id"), "student").user_id
        elif field.is_required():
            kinds = {datetime: time.now(), int: 1, bool: True}
            values[name] = kinds.get(field.annotation, "moved" if name == "change" else "x")  # type: ignore[call-overload]
    values |= {f"{who}_name": CANARY, f"{who}_id": client.as_(who, "student").user_id}
    return kind.model_validate(values)


def messages_with_canary(cloud: Cloud, tenant: str) -> list[str]:
    return [
        item["type"]["S"] for item in cloud.items(tenant) if item["kind"]["S"] == "notification" and CANARY in str(item)
    ]


def erase(cloud: Cloud, tenant: str, user_id: str) -> None:
    assert hand(inbox, UserErased(user_id=user_id)) == 0
    assert deliver(cloud, tenant, rounds=10, only="notifications") == 0


@pytest.mark.parametrize(("kind", "who"), persons(), ids=lambda each: getattr(each, "name", each))
def test_no_message_keeps_the_name_of_somebody_who_is_erased(
    client: Client, tenant: str, kind: type[Message], who: str
) -> None:
    event = planted(client, kind, who)
    tell(event)
    assert messages_with_canary(client.cloud, tenant)
    erase(client.cloud, tenant, client.as_(who, "student").user_id)
    assert messages_with_canary(client.cloud, tenant) == []


def test_an_offer_goes_with_its_asker_and_the_counts_of_every_inbox_stay_right(client: Client, tenant: str) -> None:
    asker, other, mentors = (
        client.as_("asker", "student"),
        client.as_("other", "student"),
        [client.as_(f"m{number}", "student") for number in range(3)],
    )
    facts: dict[str, Any] = {"mentor_ids": [each.user_id for each in mentors], "subject": "Art", "urgency": "low"}
    for number, who in enumerate((asker, other)):
        tell(QuestionOffered(question_id=f"q{number}", asker_id=who.user_id, title=CANARY, **facts))
    assert mentors[0].patch("/api/notifications/read-all").status == 200
    erase(client.cloud, tenant, asker.user_id)
    assert [counts(each.user_id) for each in mentors] == [(1, 0), (1, 1), (1, 1)]
    for each in mentors:
        assert [note["data"]["questionId"] for note in each.get("/api/notifications").data] == ["q1"]
    erase(client.cloud, tenant, asker.user_id)
    assert [counts(each.user_id) for each in mentors] == [(1, 0), (1, 1), (1, 1)]


def test_what_its_reader_deleted_before_is_no_hindrance(client: Client, tenant: str) -> None:
    sender, reader = client.as_("sender", "student"), client.as_("reader", "student")
    for number in range(30):
        tell(MessageSent(message_id=f"m{number}", conversation_id=f"c{number}", sender_id=sender.user_id,
                         sender_name=CANARY, user_id=reader.user_id, is_first_unread=True))  # fmt: skip
    first = reader.get("/api/notifications").data[0]["notificationId"]
    assert reader.delete(f"/api/notifications/{first}").status == 200
    erase(client.cloud, tenant, sender.user_id)
    assert messages_with_canary(client.cloud, tenant) == []
    assert (InboxCounter.require(user_id=reader.user_id).total, counts(reader.user_id)) == (0, (0, 0))
