"""Avatars: from the slot to the profile."""

import pytest
import requests

from lyceum.events.content import ContentProcessed
from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.content.uploads import Upload
from tests.content.conftest import Depot, depot  # noqa: F401 - a fixture
from tests.content.pictures import picture
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.workers import record
from tests.users.conftest import People

from functions.users.events import avatars

ASKED = {"fileName": "me.jpg", "contentType": "image/jpeg"}


def tell(upload_id: str, owner_id: str) -> int:
    event = ContentProcessed(upload_id=upload_id, owner_id=owner_id)
    entry = {"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}
    return len(avatars.consumer.handler({"Records": [record(entry)]}, LAMBDA)["batchItemFailures"])


def ready(owner_id: str, upload_id: str, purpose: str = "avatar", state: str = "ready") -> str:
    size = {
        "name": "64",
        "key": f"derived/t/{upload_id}/64.webp",
        "width": 64,
        "height": 64,
        "size_bytes": 1,
        "content_type": "image/webp",
    }
    facts = {"file_name": "me.jpg", "content_type": "image/jpeg", "size_bytes": 1, "key": f"uploads/{upload_id}"}
    write_many(
        [
            Upload(
                upload_id=upload_id,
                owner_id=owner_id,
                purpose=purpose,
                state=state,
                variants=[size],
                expires_at=ids.clock.now(),
                **facts,
            )
        ]
    )
    return upload_id


def test_an_avatar_is_sent_processed_and_shown_in_square_sizes(depot: Depot, people: People) -> None:  # noqa: F811
    body = picture()
    slot = depot.sender.post("/api/profile/avatar", ASKED | {"sizeBytes": len(body)})
    assert slot.status == 201
    depot.put(slot.data["fields"]["key"], body)
    assert depot.process(slot.data["uploadId"]) == 0
    people.settle()
    shown = depot.client.as_("student").get(f"/api/users/{depot.sender.user_id}").data["avatar"]
    assert [size["name"] for size in shown] and all(size["width"] == size["height"] for size in shown)
    assert requests.get(shown[0]["url"], timeout=5).content[8:12] == b"WEBP"


def test_the_slot_is_of_an_avatars_size_and_types(client: Client) -> None:
    student = client.as_("student")
    assert student.post("/api/profile/avatar", ASKED | {"sizeBytes": 6 * 2**20}).error.fields == {"FILE_TOO_LARGE"}
    assert student.post("/api/profile/avatar", ASKED | {"sizeBytes": 1, "contentType": "text/html"}).error.fields == {
        "TYPE_NOT_ALLOWED"
    }
    assert student.post("/api/profile/avatar", ASKED | {"sizeBytes": 1, "purpose": "attachment"}).error.fields == {
        "purpose"
    }


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "out of order"])
def test_the_latest_slot_wins_whatever_the_order_of_events(
    client: Client, people: People, clock: Clock, order: tuple[int, int]
) -> None:
    owner = client.as_("student").user_id
    uploads = []
    for _ in range(2):
        uploads.append(ready(owner, ids.new_id()))
        clock.advance(seconds=1)
    for place in (*order, *order):
        assert tell(uploads[place], owner) == 0
    assert people.stored("student").avatar_id == uploads[1]


def test_other_uploads_and_other_peoples_are_no_avatars(client: Client, people: People) -> None:
    owner = client.as_("student").user_id
    for upload_id in (ready(owner, ids.new_id(), "attachment"), ready(owner, ids.new_id(), state="deleted"), "unknown"):
        assert tell(upload_id, owner) == 0
    assert people.stored("student").avatar_id is None
    people.change("student", status="deleted")
    assert tell(ready(owner, ids.new_id()), owner) == 0
    assert people.stored("student").avatar_id is None
