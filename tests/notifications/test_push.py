"""Devices, pushes to them, and text messages."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import hypothesis
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import ids
from lyceum.kit.aws import clients, sms
from lyceum.kit.outgoing.client import OutgoingClient, Reply
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings
from lyceum.model.notifications.deliveries import PushDevice
from lyceum.model.notifications.inbox import NotificationPreferences
from tests.notifications.conftest import Requests, completed, deliveries, edit_user, tell
from tests.notifications.web_push_reader import decrypted
from tests.support.http import Client

from functions.notifications.channels import push_channels, web_push
from functions.notifications.events import push, text

TOKEN = "fcm-token-of-a-phone"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
NUMBER = "+2348012345678"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Browser:
    """A browser with its keys: what it subscribes with, and what it can read."""

    endpoint: str = ENDPOINT
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"0123456789abcdef"

    def subscription(self) -> dict[str, Any]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": self.endpoint,
            "expirationTime": None,
            "keys": {"p256dh": base64url(point), "auth": base64url(self.secret)},
        }

    def read(self, body: bytes) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(decrypted(body, self.key, self.secret))
        return shown


@dataclass
class PushService:
    """The services behind pushes: what they got, and the status or error that they answer with."""

    web: list[dict[str, Any]] = field(default_factory=list)
    apps: list[dict[str, Any]] = field(default_factory=list)
    status: int = 201
    error: str | None = None
    is_address_refused: bool = False

    def call(self, method: str, address: str, **sent: Any) -> Reply:
        assert method == "POST"
        if self.is_address_refused:
            raise AddressRefused("This host is not called.")
        if self.status < 300:
            self.web.append({"url": address, **sent})
        return Reply(self.status, {}, b"", is_whole=True)

    def publish(self, **arguments: Any) -> dict[str, str]:
        if self.error:
            raise clients.client("sns").exceptions.ClientError(
                {"Error": {"Code": self.error, "Message": "no"}}, "Publish"
            )
        self.apps.append(arguments)
        return {"MessageId": "m"}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """The push services as the product reaches them."""
    fake = PushService()
    sns = clients.client("sns")
    application = sns.create_platform_application(Name=ids.new_id(), Platform="GCM", Attributes={})[
        "PlatformApplicationArn"
    ]
    monkeypatch.setattr(sns, "publish", fake.publish)
    monkeypatch.setattr(
        push_channels, "settings", lambda: settings().model_copy(update={"fcm_application": application})
    )
    with patch.object(OutgoingClient, "call", fake.call):
        yield fake


def register(client: Client, token: str = TOKEN, **values: Any) -> Any:
    return client.post("/api/devices", {"platform": "fcm", "token": token, **values})


def device_count(client: Client) -> int:
    found = NotificationPreferences.fetch(user_id=client.user_id, consistent=True)
    return int(found.device_count) if found else 0


def test_a_device_is_registered_once_renamed_listed_and_removed(client: Client) -> None:
    student = client.as_("student")
    made = register(student, name="phone")
    assert (made.status, set(made.data)) == (201, {"deviceId", "platform", "name", "createdAt"})
    assert register(student, name="old phone").data["deviceId"] == made.data["deviceId"]
    listed = student.get("/api/devices")
    assert [(device["platform"], device["name"]) for device in listed.data] == [("fcm", "old phone")]
    assert listed.cost.operations == ["Query"]
    assert device_count(student) == 1
    assert student.delete(f"/api/devices/{made.data['deviceId']}").data == {"deviceId": made.data["deviceId"]}
    assert (student.get("/api/devices").data, device_count(student)) == ([], 0)
    assert student.delete(f"/api/devices/{made.data['deviceId']}").status == 404


def test_a_device_belongs_to_whoever_registered_it_last(client: Client) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    device_id = register(student).data["deviceId"]
    assert eve.delete(f"/api/devices/{device_id}").status == 404
    register(eve)
    assert (student.get("/api/devices").data, len(eve.get("/api/devices").data)) == ([], 1)
    assert (device_count(student), device_count(eve)) == (0, 1)


def test_nobody_has_more_devices_than_can_be_reached(client: Client) -> None:
    student = client.as_("student")
    for number in range(20):
        assert register(student, f"{TOKEN}-{number:02d}").status == 201
    refused = register(student, f"{TOKEN}-20")
    assert (refused.status, refused.error.fields) == (422, {"TOO_MANY_DEVICES"})
    assert register(student, f"{TOKEN}-00", name="again").status == 201


@pytest.mark.parametrize(
    "body",
    [
        {"platform": "fcm"},
        {"platform": "web", "token": TOKEN},
        {"platform": "fcm", "token": TOKEN, "subscription": Browser().subscription()},
        {"platform": "fcm", "token": "short"},
        {"platform": "sms", "token": TOKEN},
        {"platform": "web", "subscription": {**Browser().subscription(), "keys": {"p256dh": "x", "auth": "y"}}},
        *({"platform": "web", "subscription": Browser(endpoint).subscription()} for endpoint in (
            "http://fcm.googleapis.com/x", "https://169.254.169.254/latest", "https://fcm.googleapis.com.evil.example/x",
            "https://fcm.googleapis.com@evil.example/x", "https://fcm.googleapis.com:8080/x", "https://evilfcm.googleapis.com.example/",
        )),
    ],
    ids=lambda body: str(body.get("subscription", body))[:60],
)  # fmt: skip
def test_a_device_that_makes_no_sense_or_leads_elsewhere_is_refused(client: Client, body: dict[str, Any]) -> None:
    reply = client.as_("student").post("/api/devices", body)
    assert reply.error.code == "VALIDATION_ERROR"


def test_a_browser_can_read_what_is_pushed_and_the_service_who_sent_it(
    client: Client, service: PushService, requests: Requests, tenant: str
) -> None:
    student, browser = client.as_("student"), Browser()
    assert student.post("/api/devices", {"platform": "web", "subscription": browser.subscription()}).status == 201
    tell(completed(student.user_id))
    assert requests.hand_to(push) == 0
    (pushed,) = service.web
    shown = browser.read(pushed["body"])
    (message,) = student.get("/api/notifications").data
    assert (shown["id"], shown["title"], shown["data"]) == (
        message["notificationId"],
        message["title"],
        message["data"],
    )
    token, key = (
        part.split("=", 1)[1] for part in pushed["headers"]["Authorization"].removeprefix("vapid ").split(", ")
    )
    assert key == web_push.public_key() == student.get("/api/notifications/preferences").data["webPushKey"]
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.urlsafe_b64decode(key + "="))
    claims = jwt.decode(token, public, algorithms=["ES256"], audience="https://fcm.googleapis.com")
    assert claims["sub"] == settings().issuer
    delivery = deliveries(client.cloud, tenant)["push"]
    assert (delivery.state, delivery.provider_id) == ("sent", "1 devices")


def test_an_app_is_reached_through_an_endpoint_that_is_made_once(
    client: Client, service: PushService, requests: Requests
) -> None:
    student = client.as_("student")
    register(student)
    tell(completed(student.user_id), completed(student.user_id))
    assert requests.hand_to(push) == 0
    assert len({arguments["TargetArn"] for arguments in service.apps}) == 1
    sent = json.loads(json.loads(service.apps[0]["Message"])["GCM"])["fcmV1Message"]["message"]
    assert sent["notification"]["title"] == "Your exam is marked: 75%"
    assert all(isinstance(value, str) for value in sent["data"].values())


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_left_is_forgotten(
    client: Client, service: PushService, requests: Requests, tenant: str, status: int
) -> None:
    student = client.as_("student")
    student.post("/api/devices", {"platform": "web", "subscription": Browser().subscription()})
    service.status = status
    tell(completed(student.user_id))
    assert requests.hand_to(push) == 0
    assert (student.get("/api/devices").data, device_count(student)) == ([], 0)
    assert deliveries(client.cloud, tenant)["push"].state == "suppressed"


def test_a_browser_whose_address_may_not_be_called_is_forgotten(
    client: Client, service: PushService, requests: Requests
) -> None:
    student = client.as_("student")
    student.post("/api/devices", {"platform": "web", "subscription": Browser().subscription()})
    service.is_address_refused = True
    tell(completed(student.user_id))
    assert requests.hand_to(push) == 0
    assert (student.get("/api/devices").data, service.web) == ([], [])


def test_an_app_that_was_removed_is_forgotten(client: Client, service: PushService, requests: Requests) -> None:
    student = client.as_("student")
    register(student)
    service.error = "EndpointDisabled"
    tell(completed(student.user_id))
    assert requests.hand_to(push) == 0
    assert student.get("/api/devices").data == []


@pytest.mark.parametrize("status", [429, 503])
def test_when_one_device_fails_for_now_the_others_are_not_reached_twice(
    client: Client, service: PushService, requests: Requests, tenant: str, status: int
) -> None:
    student = client.as_("student")
    register(student)
    student.post("/api/devices", {"platform": "web", "subscription": Browser().subscription()})
    service.status = status
    tell(completed(student.user_id))
    assert requests.hand_to(push) == 1
    assert (len(service.apps), deliveries(client.cloud, tenant)["push"].state) == (1, "pending")
    service.status = 201
    assert requests.hand_to(push) == 0
    assert (len(service.apps), len(service.web)) == (1, 1)
    assert deliveries(client.cloud, tenant)["push"].provider_id == "2 devices"


def test_a_platform_that_is_not_set_up_stops_no_other(
    client: Client, service: PushService, requests: Requests, tenant: str
) -> None:
    student = client.as_("student")
    student.post("/api/devices", {"platform": "apns", "token": "a" * 64})
    student.post("/api/devices", {"platform": "web", "subscription": Browser().subscription()})
    tell(completed(student.user_id))
    assert requests.hand_to(push) == 0
    assert (len(service.web), deliveries(client.cloud, tenant)["push"].state) == (1, "sent")


def test_a_push_that_is_asked_for_again_is_not_sent_again(
    client: Client, service: PushService, requests: Requests
) -> None:
    student = client.as_("student")
    register(student)
    tell(completed(student.user_id))
    for _ in range(3):
        assert requests.hand_to(push) == 0
    assert len(service.apps) == 1


def test_without_a_device_nothing_is_asked_of_the_push_services(
    client: Client, service: PushService, requests: Requests, tenant: str
) -> None:
    tell(completed(client.as_("student").user_id))
    assert "push" not in deliveries(client.cloud, tenant)


def test_devices_of_others_get_nothing(client: Client, service: PushService, requests: Requests) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    register(student)
    register(eve, "fcm-token-of-another")
    tell(completed(student.user_id))
    assert requests.hand_to(push) == 0
    (arguments,) = service.apps
    (device,) = [
        each
        for each in (
            PushDevice.from_raw_data(item)
            for item in client.cloud.items(client.tenant)
            if item["kind"]["S"] == "push_device"
        )
        if each.endpoint_arn
    ]
    assert (device.user_id, device.endpoint_arn) == (student.user_id, arguments["TargetArn"])


def with_texts(client: Client, phone: str = NUMBER) -> None:
    edit_user(client.user_id, phone=phone, phone_verified_at=datetime(2027, 1, 1, tzinfo=UTC))
    client.put("/api/notifications/preferences", {"channels": {"exam.result": ["sms"]}})


def test_a_text_message_goes_to_the_proven_number_once_and_names_its_price(
    client: Client, service: PushService, requests: Requests, tenant: str
) -> None:
    student = client.as_("student")
    with_texts(student)
    tell(completed(student.user_id))
    for _ in range(2):
        assert requests.hand_to(text) == 0
    (sent,) = service.apps
    assert (sent["PhoneNumber"], sent["Message"][:40]) == (NUMBER, "Your exam is marked: 75%: You reached 7.")
    assert sent["MessageAttributes"]["AWS.SNS.SMS.MaxPrice"] == {"DataType": "Number", "StringValue": "0.10"}
    assert deliveries(client.cloud, tenant)["sms"].state == "sent"


@pytest.mark.parametrize(("error", "failed", "state"), [("OptedOut", 0, "failed"), ("Throttled", 1, "pending")])
def test_a_number_that_opted_out_is_left_and_a_busy_service_tried_again(
    client: Client, service: PushService, requests: Requests, tenant: str, error: str, failed: int, state: str
) -> None:
    student = client.as_("student")
    with_texts(student)
    service.error = error
    tell(completed(student.user_id))
    assert requests.hand_to(text) == failed
    assert deliveries(client.cloud, tenant)["sms"].state == state


def test_a_number_that_is_none_gets_no_text(
    client: Client, service: PushService, requests: Requests, tenant: str
) -> None:
    student = client.as_("student")
    with_texts(student, phone="0801")
    tell(completed(student.user_id))
    assert requests.hand_to(text) == 0
    assert deliveries(client.cloud, tenant)["sms"].state == "suppressed"


def test_an_unproven_number_gets_no_text(client: Client, service: PushService, tenant: str) -> None:
    student = client.as_("student")
    with_texts(student)
    edit_user(student.user_id, phone_verified_at=None)
    tell(completed(student.user_id))
    assert deliveries(client.cloud, tenant)["sms"].reason == "the user has no proven phone number"


@hypothesis.settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_a_text_always_fits_one_message(words: str) -> None:
    words = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    cut = sms.fit(words)
    size: Callable[[str], int] = len if sms._GSM.issuperset(words) else lambda each: len(each.encode("utf-16-le")) // 2
    assert size(cut) <= (160 if sms._GSM.issuperset(words) else 70)
    assert cut == words or cut.endswith("...")
