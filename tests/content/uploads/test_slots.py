"""Slots: what may be sent, by whom it is seen, and how it is removed."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lyceum.kit import clock as product_clock
from lyceum.kit.settings import settings
from tests.content.conftest import Depot
from tests.content.pictures import picture
from tests.support.clock import Clock
from tests.support.http import Client

AVATAR = {"purpose": "avatar", "fileName": "me.jpg", "contentType": "image/jpeg", "sizeBytes": 1000}
MEBIBYTE = 1024 * 1024


def policy_of(fields: dict[str, str]) -> tuple[list[object], datetime]:
    policy = json.loads(base64.b64decode(fields["policy"]))
    return policy["conditions"], datetime.fromisoformat(policy["expiration"])


def test_a_slot_is_a_form_that_fixes_key_type_and_size(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    student.post("/api/uploads", AVATAR)  # the first of a process puts the tenant on the list of those that are swept
    reply = student.post("/api/uploads", AVATAR)
    assert reply.status == 201
    slot, key = reply.data, f"uploads/{client.tenant}/{student.user_id}/{reply.data['uploadId']}/original"
    conditions, ends = policy_of(slot["fields"])
    for condition in (
        {"bucket": settings().bucket},
        {"key": key},
        {"Content-Type": "image/jpeg"},
        ["content-length-range", 1000, 1000],
    ):
        assert condition in conditions
    assert (slot["fields"]["key"], slot["fields"]["Content-Type"]) == (key, "image/jpeg")
    assert timedelta(minutes=14) < ends - datetime.now(UTC) <= timedelta(minutes=15)
    assert product_clock.parse(slot["expiresAt"]) == clock.at + timedelta(minutes=15)
    assert reply.cost.operations == ["UpdateItem", "TransactWriteItems"]


def test_a_fresh_upload_waits_for_an_hour_and_its_record_for_a_day(depot: Depot, clock: Clock) -> None:
    upload_id = depot.slot(b"x")["uploadId"]
    shown = depot.shown(upload_id)
    assert (shown["state"], shown["steps"], shown["variants"]) == ("waiting", [], [])
    assert "reason" not in shown and product_clock.parse(shown["expiresAt"]) == clock.at + timedelta(hours=1)
    assert depot.stored(upload_id).ttl == int((clock.at + timedelta(days=1)).timestamp())


@pytest.mark.parametrize("form", ["hex", "HEX", "base64"])
def test_a_checksum_in_either_form_becomes_a_condition(client: Client, form: str) -> None:
    digest = hashlib.sha256(b"file").digest()
    encoded = base64.b64encode(digest).decode()
    given = {"hex": digest.hex(), "HEX": digest.hex().upper(), "base64": encoded}[form]
    fields = client.as_("student").post("/api/uploads", AVATAR | {"sha256": given}).data["fields"]
    assert fields["x-amz-checksum-sha256"] == encoded
    conditions, _ = policy_of(fields)
    assert {"x-amz-checksum-sha256": encoded} in conditions and {"x-amz-checksum-algorithm": "SHA256"} in conditions


@pytest.mark.parametrize(
    ("purpose", "most"), [("avatar", 5 * MEBIBYTE), ("question_image", 10 * MEBIBYTE), ("attachment", 10 * MEBIBYTE)]
)
def test_each_purpose_has_its_size(client: Client, purpose: str, most: int) -> None:
    sender = client.as_("instructor")
    assert sender.post("/api/uploads", AVATAR | {"purpose": purpose, "sizeBytes": most}).status == 201
    refused = sender.post("/api/uploads", AVATAR | {"purpose": purpose, "sizeBytes": most + 1})
    assert (refused.status, refused.error.fields) == (422, {"FILE_TOO_LARGE"})


@pytest.mark.parametrize("content_type", ["application/pdf", "image/svg+xml", "text/html", "image/jpeg; charset=x"])
def test_other_types_are_refused(client: Client, content_type: str) -> None:
    refused = client.as_("student").post(
        "/api/uploads", AVATAR | {"purpose": "attachment", "contentType": content_type}
    )
    assert (refused.status, refused.error.fields) == (422, {"TYPE_NOT_ALLOWED"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purpose", "homework"), ("fileName", ""), ("fileName", "../me.jpg"), ("fileName", "a\nb"),
        ("fileName", "x" * 201), ("sizeBytes", 0), ("sizeBytes", -1), ("sha256", "abc"), ("sha256", "g" * 64),
        ("key", "uploads/x"),
    ],
)  # fmt: skip
def test_malformed_requests_name_the_field(client: Client, field: str, value: object) -> None:
    refused = client.as_("student").post("/api/uploads", AVATAR | {field: value})
    assert (refused.status, refused.error.code, refused.error.fields) == (400, "VALIDATION_ERROR", {field})


def test_a_repeated_request_gets_the_same_slot(client: Client) -> None:
    student = client.as_("student")
    first, second = (student.post("/api/uploads", AVATAR, idempotency_key="one").data for _ in range(2))
    assert first == second


def test_more_than_sixty_slots_an_hour_are_refused(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    assert [student.post("/api/uploads", AVATAR).status for _ in range(61)][-2:] == [201, 429]


def test_only_the_owner_and_moderators_see_an_upload(depot: Depot) -> None:
    path = f"/api/uploads/{depot.send(picture())}"
    assert depot.sender.get(path).status == depot.client.as_("moderator").get(path).status == 200
    assert depot.client.get(path).status == 401
    others = [
        depot.client.as_("student"),
        depot.client.as_("eve", "instructor"),
        depot.client.of("elsewhere").as_("moderator"),
    ]
    unknown = depot.client.as_("student").get("/api/uploads/01MC1X7A9H6S0T2F8V4K5N3PQR")
    assert [other.get(path).error for other in others] == [unknown.error] * 3
    assert unknown.status == 404


def test_variants_are_fetched_by_links_of_five_minutes(depot: Depot) -> None:
    upload_id = depot.settled(picture())["uploadId"]
    reply = depot.sender.get(f"/api/uploads/{upload_id}")
    for variant in reply.data["variants"]:
        address = urlsplit(variant["url"])
        assert parse_qs(address.query)["X-Amz-Expires"] == ["300"]
        folder, _, name = address.path.rpartition("/")
        assert f"/derived/{depot.client.tenant}/{depot.sender.user_id}/{upload_id}/" in folder
        assert name == f"{variant['name']}.webp"
        assert len(requests.get(variant["url"], timeout=5).content) == variant["sizeBytes"]
    assert "original" not in reply.body
    assert reply.cost.operations == ["GetItem"]


def test_the_form_takes_the_file(depot: Depot) -> None:
    slot = depot.slot(picture())
    assert (
        requests.post(slot["url"], data=slot["fields"], files={"file": ("x", picture())}, timeout=5).status_code == 204
    )
    assert depot.process(slot["uploadId"]) == 0
    assert depot.shown(slot["uploadId"])["state"] == "ready"


def test_a_removed_upload_is_gone_with_its_files(depot: Depot) -> None:
    path = f"/api/uploads/{depot.settled(picture())['uploadId']}"
    removed = depot.sender.delete(path)
    assert removed.status == 200 and removed.cost.operations == ["GetItem", "TransactWriteItems"]
    assert depot.keys(path.rpartition("/")[2]) == []
    assert (
        depot.sender.get(path).status
        == depot.sender.delete(path).status
        == depot.client.as_("moderator").get(path).status
        == 404
    )


def test_only_the_owner_removes(depot: Depot) -> None:
    upload_id = depot.settled(picture())["uploadId"]
    for other in ("student", "moderator", "admin"):
        assert depot.client.as_(other).delete(f"/api/uploads/{upload_id}").status == 404
    assert depot.shown(upload_id)["state"] == "ready" and depot.places(upload_id) == {"uploads", "derived"}


def test_a_removed_record_keeps_no_name_and_goes_after_a_day(depot: Depot, clock: Clock) -> None:
    upload_id = depot.settled(picture(), fileName="my holiday.jpg")["uploadId"]
    depot.sender.delete(f"/api/uploads/{upload_id}")
    left = depot.stored(upload_id)
    assert (left.state, left.file_name, left.variants) == ("deleted", "", [])
    assert left.ttl == int((clock.at + timedelta(days=1)).timestamp())
