"""Another system that watches exams: launched with a signature, believed by one, and its messages count once."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lyceum.kit import clock as clocks
from tests.proctoring.conftest import Watched
from tests.support.http import Client, Reply

NAME = "northlight"
HOOK = f"/api/proctoring/webhook/{NAME}"


class Northlight:
    """The other system, with the secret that it was given."""

    def __init__(self, client: Client, secret: str) -> None:
        self.client, self.secret = client, secret

    def tell(self, body: Any, message: str = "m1", **headers: str) -> Reply:
        """Send a message, signed by Standard Webhooks."""
        text, second = json.dumps(body), str(int(clocks.now().timestamp()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{message}.{second}.{text}".encode(), hashlib.sha256).digest()
        signed = {
            "webhook_id": message, "webhook_timestamp": second,
            "webhook_signature": f"v1,{base64.b64encode(digest).decode()}",
        }  # fmt: skip
        return self.client.post(HOOK, text, **{**signed, **headers})


@pytest.fixture
def provider(client: Client, watched: Watched) -> Northlight:
    """The other system, set up, and begun for the exam."""
    wanted = {"launchUrl": "https://northlight.example/launch?school=1"}
    made = client.as_("super_admin").put(f"/api/proctoring/providers/{NAME}", wanted).data
    assert watched.start(provider=NAME).status == 201
    return Northlight(client, made["secret"])


def _events(watched: Watched, **more: Any) -> dict[str, Any]:
    seen = {"type": "phone_seen", "severity": "high", "at": "2027-01-11T10:00:00Z", "note": "On the desk", **more}
    return {"sessionId": watched.exam_id, "externalId": "n-7", "events": [seen]}


def test_a_launch_is_signed_and_names_nobody(watched: Watched, provider: Northlight) -> None:
    url = watched.start(provider=NAME).data["launchUrl"]
    query = urlsplit(url).query
    unsigned, _, mark = query.partition("&signature=")
    signed = unsigned.removeprefix("school=1&")
    digest = hmac.new(provider.secret.encode(), signed.encode(), hashlib.sha256).digest()
    assert mark == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    asked = parse_qs(query)
    assert asked["session"] == [watched.exam_id] and watched.student.user_id not in url


def test_the_callback_is_at_the_tenants_own_host(watched: Watched, provider: Northlight, tenant: str) -> None:
    query = parse_qs(urlsplit(watched.start(provider=NAME).data["launchUrl"]).query)
    [callback] = query["callback"]
    assert callback == f"https://{tenant}.localhost{HOOK}"


@pytest.mark.parametrize("address", ["http://northlight.example/launch", "https://10.0.0.1/launch", "http://localhost"])
def test_browsers_are_sent_to_public_addresses_alone(client: Client, address: str) -> None:
    refused = client.as_("super_admin").put(f"/api/proctoring/providers/{NAME}", {"launchUrl": address})
    assert refused.error.fields == {"LAUNCH_ADDRESS_REFUSED"}


def test_what_it_sees_counts_once(watched: Watched, provider: Northlight) -> None:
    assert provider.tell(_events(watched)).status == 200
    assert provider.tell(_events(watched)).status == 200
    assert provider.tell(_events(watched), "m2").status == 200
    assert watched.rules() == ["phone_seen", "phone_seen"]
    assert watched.send(watched.event()).error.code == "PROCTORING_ENDED"


def test_what_is_not_signed_is_not_believed(watched: Watched, provider: Northlight, client: Client) -> None:
    assert provider.tell(_events(watched), webhook_signature="v1,AAAA").error.code == "BAD_SIGNATURE"
    assert provider.tell(_events(watched), webhook_id="other").error.code == "BAD_SIGNATURE"
    assert provider.tell(_events(watched), webhook_timestamp="1").error.code == "BAD_SIGNATURE"
    assert client.post(HOOK, "{}").error.code == "BAD_SIGNATURE"
    assert client.post("/api/proctoring/webhook/nobody", "{}").status == 404
    assert provider.tell({"sessionId": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}).status == 404
    assert provider.tell({"hello": 1}).status == 400
    assert provider.tell(_events(watched, severity="fatal")).status == 400
    assert watched.rules() == []


def test_a_new_secret_ends_the_old_one_and_a_provider_can_be_off(
    watched: Watched, provider: Northlight, client: Client
) -> None:
    admin, path = client.as_("super_admin"), f"/api/proctoring/providers/{NAME}"
    wanted = {"launchUrl": "https://northlight.example/launch"}
    assert "secret" not in admin.put(path, wanted).data
    fresh = admin.put(path, {**wanted, "rotateSecret": True}).data["secret"]
    assert provider.tell(_events(watched)).status == 401
    assert Northlight(client, fresh).tell(_events(watched)).status == 200
    admin.put(path, {**wanted, "isEnabled": False})
    assert Northlight(client, fresh).tell(_events(watched), "m3").status == 404
    assert client.as_("admin").put(path, wanted).status == 403
