"""Webhooks: made, told of events, tried again, left alone, switched off, and sent anew."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.events.courses import CoursePublished
from lyceum.events.exams import ExamCompleted
from lyceum.kit.clock import iso
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit, find_all
from lyceum.model.webhooks import Webhook, WebhookDelivery
from lyceum.rules import webhook_signatures
from lyceum.rules.webhooks import catalogue, subscriptions
from tests.support.acting import acting
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.workers import deliver as hand_over
from tests.webhooks.conftest import Receiver, make

from functions.webhooks import deliveries, jobs
from functions.webhooks.retries import WAITS

COURSE, TEACHER = "01J8Z3N6Q40000000000000001", "01J8Z3N6Q40000000000000002"


def publish() -> str:
    """Let a course be published; returns the event's id."""
    event = CoursePublished(course_id=COURSE, instructor_id=TEACHER, is_open=True)
    Unit().create(OutboxItem.of(event), event).commit()
    return event.event_id


def history(client: Client, webhook_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.as_("admin").get(f"/api/webhooks/{webhook_id}/history").data
    return found


def shown(client: Client) -> dict[str, Any]:
    """Return the one webhook that there is, as an administrator sees it."""
    (only,) = client.as_("admin").get("/api/webhooks").data["webhooks"]
    found: dict[str, Any] = only
    return found


def deliver(client: Client) -> None:
    """Let the workers do what there is to do."""
    hand_over(client.cloud, client.tenant)


def sweep(client: Client, clock: Clock, seconds: float) -> None:
    """Let time pass, and what is due be sent: of a long time only those minutes in which something waits."""
    webhook_id = shown(client)["webhookId"]
    clock.advance(seconds=seconds)
    minutes = {each.due_minute for each in find_all(WebhookDelivery, webhook_id=webhook_id) if each.state == "waiting"}
    with acting(jobs.__name__):
        for minute in sorted(minutes):
            jobs.order_due_deliveries(datetime.fromisoformat(f"{minute}:00Z"))
    deliver(client)


def at_of(headers: dict[str, str]) -> datetime:
    return datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)


def test_an_event_is_sent_signed_thin_and_once(client: Client, receiver: Receiver) -> None:
    webhook = make(client, "course.published")
    event_id = publish()
    deliver(client)
    deliver(client)
    ((address, body, headers),) = receiver.got
    assert address == "https://hooks.school.org/lyceum"
    sent = json.loads(body)
    assert (sent["type"], sent["sequence"], sent["data"]["courseId"]) == ("course.published", event_id, COURSE)
    assert sent["data"]["links"] == {"course": f"/api/courses/{COURSE}"}
    assert set(sent["data"]) == {"courseId", "instructorId", "links"}
    signed = webhook_signatures.headers([webhook["secret"]], headers["webhook-id"], at_of(headers), body.decode())
    assert headers["webhook-signature"] == signed["webhook-signature"]
    (delivery,) = history(client, webhook["webhookId"])
    assert delivery["state"] == "delivered"
    assert (delivery["attempts"][0]["status"], delivery["attempts"][0]["answer"]) == (200, "so it is")


def test_who_did_not_ask_is_not_told_and_neither_is_another_tenant(client: Client, receiver: Receiver) -> None:
    make(client, "exam.completed")
    make(client.of("harbour"), "course.published")
    publish()
    deliver(client)
    assert receiver.got == []


def test_what_fails_is_tried_again_for_75_hours_under_one_id(client: Client, receiver: Receiver, clock: Clock) -> None:
    webhook = make(client, "course.published")
    receiver.answers = [500] * 20
    publish()
    deliver(client)
    for wait in WAITS:
        sweep(client, clock, wait + 60)
        sweep(client, clock, 3700)  # the longest that an address is left alone
    (delivery,) = history(client, webhook["webhookId"])
    assert delivery["state"] == "failed" and len(delivery["attempts"]) == len(WAITS) + 1
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 1
    assert 74 * 3600 < sum(WAITS) < 76 * 3600


def test_an_attempt_is_begun_once_however_often_it_is_ordered(client: Client, receiver: Receiver, clock: Clock) -> None:
    make(client, "course.published")
    receiver.answers = [500]
    publish()
    deliver(client)
    clock.advance(seconds=120)
    for _ in range(3):
        run(jobs, "order_due_deliveries")
    deliver(client)
    assert len(receiver.got) == 2


def test_who_says_gone_is_switched_off_and_the_maker_is_told(client: Client, receiver: Receiver) -> None:
    webhook = make(client, "course.published")
    receiver.answers = [410]
    publish()
    deliver(client)
    assert (shown(client)["isEnabled"], shown(client)["disabledReason"]) == (False, "gone")
    assert history(client, webhook["webhookId"])[0]["state"] == "failed"
    told = client.as_("admin").get("/api/notifications").data
    assert [each["type"] for each in told] == ["webhook.disabled"] and "hooks.school.org" in told[0]["title"]


def test_an_address_that_fails_is_left_alone_told_of_and_in_the_end_switched_off(
    client: Client, receiver: Receiver, clock: Clock
) -> None:
    make(client, "course.published")
    receiver.answers = [None] * 200
    for _ in range(5):
        publish()
    deliver(client)
    assert len(receiver.got) == 5
    assert shown(client)["failures"] == 5 and "waitsUntil" in shown(client)
    publish()
    deliver(client)
    assert len(receiver.got) == 5  # it waits
    for hours in (2, 25, 96):
        sweep(client, clock, hours * 3600)
        publish()
        deliver(client)
    assert (shown(client)["isEnabled"], shown(client)["disabledReason"]) == (False, "failing")
    types = [each["type"] for each in client.as_("admin").get("/api/notifications", {"limit": 50}).data]
    assert types.count("webhook.disabled") == 1 and 1 <= types.count("webhook.failing") <= 2


def test_who_asks_for_time_gets_it(client: Client, receiver: Receiver, clock: Clock) -> None:
    make(client, "course.published")
    receiver.answers, receiver.headers = [429], {"retry-after": "900"}
    publish()
    deliver(client)
    sweep(client, clock, 600)
    assert len(receiver.got) == 1
    sweep(client, clock, 400)
    assert len(receiver.got) == 2


def test_a_new_secret_signs_beside_the_old_one_for_a_day(client: Client, receiver: Receiver, clock: Clock) -> None:
    webhook = make(client, "course.published")
    path = f"/api/webhooks/{webhook['webhookId']}"
    rotated = client.as_("admin").patch(path, {"rotateSecret": True}).data
    assert rotated["secret"] != webhook["secret"]
    publish()
    deliver(client)
    clock.advance(hours=25)
    publish()
    deliver(client)
    assert [len(headers["webhook-signature"].split(" ")) for _, _, headers in receiver.got] == [2, 1]
    assert "secret" not in shown(client)
    assert webhook["secret"] not in str(Webhook.require(webhook_id=webhook["webhookId"]).attribute_values)


def test_what_was_missed_is_sent_anew_by_one_or_by_time(client: Client, receiver: Receiver) -> None:
    webhook, admin = make(client, "course.published"), client.as_("admin")
    path = f"/api/webhooks/{webhook['webhookId']}"
    receiver.answers = [410]
    publish()
    publish()
    deliver(client)
    first, second = history(client, webhook["webhookId"])
    assert {first["state"], second["state"]} == {"failed", "dropped"}
    refused = admin.post(f"{path}/redeliver/{first['deliveryId']}")
    assert (refused.status, refused.error.fields) == (422, {"WEBHOOK_DISABLED"})
    since = first["createdAt"][:10] + "T00:00:00Z"
    assert admin.patch(path, {"isEnabled": True, "replaySince": since}).data["isEnabled"]
    deliver(client)
    assert [each["state"] for each in history(client, webhook["webhookId"])] == ["delivered", "delivered"]
    assert admin.post(f"{path}/redeliver/{first['deliveryId']}").status == 202
    assert admin.post(f"{path}/redeliver/{first['deliveryId']}").status == 409
    deliver(client)
    assert len(receiver.got) == 4
    assert {headers["webhook-id"] for _, _, headers in receiver.got} == {first["messageId"], second["messageId"]}


def test_what_was_missed_is_sent_anew_page_by_page(
    client: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(deliveries, "_TOGETHER", 2)
    webhook, admin = make(client, "course.published"), client.as_("admin")
    receiver.answers = [410]
    published = []
    for _ in range(5):
        published.append(iso(clock.at))
        publish()
        clock.advance(seconds=1)
    deliver(client)
    since = published[1]
    admin.patch(f"/api/webhooks/{webhook['webhookId']}", {"isEnabled": True, "replaySince": since})
    hand_over(client.cloud, client.tenant, rounds=8)
    states = [each["state"] for each in history(client, webhook["webhookId"])]
    assert states == ["delivered"] * 4 + ["failed"]


def test_the_product_is_not_told_to_call_itself(client: Client, receiver: Receiver) -> None:
    refused = client.as_("admin").post("/api/webhooks", {"url": "https://api.lyceum.test/api/x", "events": ["*"]})
    assert refused.error.fields == {"WEBHOOK_ADDRESS_REFUSED"}


def test_a_test_is_sent_whatever_the_webhook_is_told_of(client: Client, receiver: Receiver) -> None:
    webhook = make(client, "exam.completed")
    assert client.as_("admin").post(f"/api/webhooks/{webhook['webhookId']}/test").status == 202
    deliver(client)
    assert json.loads(receiver.got[0][1])["type"] == catalogue.TEST


def test_an_address_inside_is_refused_when_it_is_given(client: Client, receiver: Receiver) -> None:
    for url in (
        "http://hooks.school.org/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://user@hooks.school.org/x",
        "https://metadata.internal/x",
        "https://hooks.school.org:8443/x",
        "https://localhost/x",
    ):
        refused = client.as_("admin").post("/api/webhooks", {"url": url, "events": ["*"]})
        assert (refused.status, refused.error.fields) == (422, {"WEBHOOK_ADDRESS_REFUSED"}), url


def test_events_are_known_also_by_their_other_names(client: Client, receiver: Receiver) -> None:
    made = make(client, "question.created", "payment.success")
    assert made["events"] == ["payment.confirmed", "question.submitted"]
    unknown = client.as_("admin").post("/api/webhooks", {"url": "https://a.org/x", "events": ["nothing.here"]})
    assert (unknown.status, unknown.error.code) == (400, "VALIDATION_ERROR")


def test_a_stale_edit_is_refused_and_a_removed_webhook_gets_nothing_more(client: Client, receiver: Receiver) -> None:
    webhook, admin = make(client, "course.published"), client.as_("admin")
    path = f"/api/webhooks/{webhook['webhookId']}"
    admin.patch(path, {"description": "Ours"})
    assert admin.patch(path, {"description": "Mine"}, if_match='"1-0123456789abcdef"').status == 412
    publish()
    assert admin.delete(path).status == 200
    deliver(client)
    assert receiver.got == []
    assert admin.patch(path, {"description": "Ours"}).status == 404


def test_there_are_no_more_than_one_transaction_reaches(
    client: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "MOST", 2)
    make(client)
    make(client)
    refused = client.as_("admin").post("/api/webhooks", {"url": "https://a.org/x", "events": ["*"]})
    assert refused.error.fields == {"TOO_MANY_WEBHOOKS"}


def test_acts_on_webhooks_are_audited_without_their_secrets(client: Client, receiver: Receiver) -> None:
    webhook, admin = make(client), client.as_("admin")
    admin.patch(f"/api/webhooks/{webhook['webhookId']}", {"rotateSecret": True})
    admin.delete(f"/api/webhooks/{webhook['webhookId']}")
    listed = admin.get("/api/admin/audit-logs", {"limit": 20}).data
    assert {"webhook.created", "webhook.changed", "webhook.removed"} <= {each["action"] for each in listed}
    assert webhook["secret"] not in str(listed)


def test_nothing_about_a_person_leaves_but_ids() -> None:
    values: dict[str, Any] = dict.fromkeys(ExamCompleted.model_fields, "somebody")
    event = ExamCompleted.model_construct(**{**values, "at": datetime(2027, 1, 11, tzinfo=UTC)})
    data = catalogue.payload(event)["data"]
    assert all(name == "links" or name.endswith("Id") for name in data)
