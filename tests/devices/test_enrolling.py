"""Joining by code, tokens, the list of devices, and their end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import ids
from lyceum.model.devices import ClassroomDevice
from tests.devices.conftest import codes, join, joined
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

from functions.devices import tokens

LIST = "/api/admin/classroom-devices"


def test_a_device_joins_by_a_code_that_is_spent_by_it(client: Client) -> None:
    (code,) = codes(client)
    reply = Client(client.cloud, client.tenant).post("/api/classroom-devices/enrol", {"code": code.lower()})
    assert reply.status == 201 and reply.data["room"] == "R1"
    assert reply.cost.operations.count("TransactWriteItems") == 1
    again = Client(client.cloud, client.tenant).post("/api/classroom-devices/enrol", {"code": code})
    assert again.error.code == "NOT_FOUND"
    stored = str(list(client.cloud.items(client.tenant)))
    assert code not in stored and reply.data["deviceKey"] not in stored


def test_a_code_ends(client: Client, clock: Clock) -> None:
    (code,) = codes(client, validMinutes=5)
    clock.advance(minutes=5)
    assert Client(client.cloud, client.tenant).post("/api/classroom-devices/enrol", {"code": code}).status == 404


def test_of_two_devices_with_one_code_one_joins(client: Client) -> None:
    (code,) = codes(client)
    strangers = [Client(client.cloud, client.tenant) for _ in range(3)]
    answers = at_once(*[lambda who=who: who.post("/api/classroom-devices/enrol", {"code": code}) for who in strangers])
    assert sorted(each.status for each in answers) == [201, 404, 404]


def test_a_code_is_good_in_its_own_tenant_alone(client: Client) -> None:
    (code,) = codes(client)
    elsewhere = client.of("elsewhere")
    assert elsewhere.post("/api/classroom-devices/enrol", {"code": code}).status == 404
    device = join(client, code)
    device.client = elsewhere
    assert device.send().status == 401


def test_a_token_is_short_and_its_key_gets_another(client: Client, clock: Clock) -> None:
    device = joined(client)
    assert device.send().status == 200
    clock.advance(minutes=15)
    assert device.send().status == 401
    nobody = Client(client.cloud, client.tenant)
    body = {"deviceId": device.device_id, "deviceKey": device.key}
    device.token = nobody.post("/api/classroom-devices/token", body).data["token"]
    assert device.send().status == 200
    wrong = {**body, "deviceKey": "x" * 43}
    assert nobody.post("/api/classroom-devices/token", wrong).status == 401
    unknown = {**body, "deviceId": ids.new_id()}
    assert nobody.post("/api/classroom-devices/token", unknown).status == 401


def test_a_revoked_device_is_refused_at_once_and_leaves_its_room(client: Client) -> None:
    device, admin = joined(client), client.as_("admin")
    assert device.send().status == 200
    assert admin.delete(f"{LIST}/{device.device_id}").status == 200
    assert device.send().status == 401
    body = {"deviceId": device.device_id, "deviceKey": device.key}
    assert Client(client.cloud, client.tenant).post("/api/classroom-devices/token", body).status == 401
    assert admin.delete(f"{LIST}/{device.device_id}").status == 404
    assert admin.send("GET", LIST, None, {"room": "R1"}).data == []
    assert [row["state"] for row in admin.get(LIST).data] == ["revoked"]
    order = {"order": {"command": "restart"}}
    assert admin.post(f"{LIST}/{device.device_id}/commands", order).status == 404


def test_the_list_says_who_is_online(client: Client, clock: Clock) -> None:
    first, second = (join(client, code) for code in codes(client, count=2))
    first.send(heartbeat={"firmware": "1.2.0", "batteryPercent": 80, "uptimeSeconds": 12})
    reply = client.as_("admin").get(LIST)
    assert reply.cost.operations.count("Query") + reply.cost.operations.count("BatchGetItem") <= 4
    rows = {row["deviceId"]: row for row in reply.data}
    assert rows[first.device_id]["isOnline"] is True and rows[first.device_id]["batteryPercent"] == 80
    assert rows[second.device_id]["isOnline"] is False and "seenAt" not in rows[second.device_id]
    clock.advance(seconds=91)
    assert not any(row["isOnline"] for row in client.as_("admin").get(LIST).data)
    assert "keyHash" not in reply.body
    assert client.as_("instructor").get(LIST).status == 403


@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    from lyceum.kit.identity import sealing

    with pytest.raises(sealing.BrokenSeal):
        sealing.unseal("device token", text, 3)


def test_a_token_of_another_device_or_end_is_no_token(client: Client) -> None:
    device = joined(client)
    tenant, device_id, ends, mark = device.token.split(".")
    for parts in ((tenant, ids.new_id(), ends), (tenant, device_id, str(int(ends) + 60)), ("main", device_id, ends)):
        device.token = ".".join([*parts, mark])
        assert device.send().status == 401
    assert ClassroomDevice.fetch(device_id=device_id) is not None
    assert tokens.hash_of_key("a") != tokens.hash_of_code("a")
