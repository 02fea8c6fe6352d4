"""Organisations in the deployed stack: made, packed, made again and equal, closed, deleted; a key that ends."""

from dataclasses import replace
from typing import Any

import pytest

from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
PATH = "/api/admin/organizations"


@pytest.fixture
def operator(main_stack: Stack) -> Remote:
    """A super admin of the main tenant."""
    return main_stack.as_("super_admin")


def at_host(main_stack: Stack, name: str) -> Remote:
    """Strangers at the host of an organisation."""
    return replace(main_stack, tenant=name).api


def finished(caller: Remote, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for a job to end, and return it."""

    def ended() -> dict[str, Any] | None:
        shown: dict[str, Any] = caller.get(f"/api/jobs/{job['jobId']}").data
        return shown if shown["state"] in {"done", "failed"} else None

    return eventually(ended, "the job's end")


def packed(main_stack: Stack, operator: Remote, name: str) -> dict[str, Any]:
    """Pack an organisation, and return what storage has of its capsule."""
    job = finished(operator, operator.post(f"{PATH}/{name}/export").data)
    assert job["state"] == "done", job
    capsule_id = job["result"].split(f"/capsules/{name}/")[1].partition("/")[0]
    found = main_stack.stored("CAPSULE#all", capsule_id)
    assert found is not None
    return found


def test_an_organisation_moves_and_compares_equal(main_stack: Stack, operator: Remote) -> None:
    name = f"pier-{ids.new_id()[-8:].lower()}"
    address = f"head@{name}.example.com"
    wanted = {"organizationId": name, "title": "Pier School", "firstAdministrator": {"email": address}}
    assert operator.post(PATH, {**wanted, "demoContent": True}).status == 201
    pier, copy = at_host(main_stack, name), at_host(main_stack, f"{name}-copy")
    eventually(lambda: pier.get("/api/universities").data, "the course to look at")
    eventually(lambda: address in str(main_stack.sent_mails()), "the first administrator's invitation")
    claimed = [operator.post(f"{PATH}/{name}/domain", {"host": f"learn.{name}.org"}).data["state"] for _ in range(2)]
    assert claimed == ["pending", "active"]
    assert replace(pier, host=f"learn.{name}.org").get("/api/organization").data["organizationId"] == name
    capsule = packed(main_stack, operator, name)
    body = {"organizationId": f"{name}-copy", "source": name, "capsuleId": capsule["capsule_id"]["S"]}
    job = finished(operator, operator.post(f"{PATH}/import", body).data)
    assert job["state"] == "done", job
    eventually(lambda: copy.get("/api/organization").status == 200, "the copy's opening")
    assert copy.get("/api/universities").data == pier.get("/api/universities").data
    again = packed(main_stack, operator, f"{name}-copy")
    assert (again["digest"], again["items"]) == (capsule["digest"], capsule["items"])
    for each, client in ((name, pier), (f"{name}-copy", copy)):
        assert operator.post(f"{PATH}/{each}/suspend", {"reason": "the test is over"}).status == 200
        eventually(lambda client=client: client.get("/api/universities").status == 403, "the closing", 15)  # type: ignore[misc]
        gone = operator.send("DELETE", f"{PATH}/{each}?reason=the%20test%20is%20over", None, {}).data
        assert finished(operator, gone)["state"] == "done"
        assert operator.get(f"{PATH}/{each}/receipt").data["items"] >= int(capsule["items"]["N"])


def test_a_key_opens_its_scopes_until_it_is_revoked(stack: Stack) -> None:
    admin = stack.as_("admin")
    path = f"{PATH}/{stack.tenant}/api-keys"
    made = admin.post(path, {"label": "timetable", "scopes": ["users:manage", "insights:see"]}).data
    program = replace(stack.api, token=made["apiKey"])
    assert program.get("/api/users").status == 200
    assert program.get(path).status == 403
    pull = program.post("/api/webhooks/tableau", {"metrics": ["users"], "format": "parquet"}).data["pulls"][0]
    assert pull["url"].startswith("http")
    assert admin.send("DELETE", f"{path}/{made['keyId']}", None, {}).status == 200
    assert program.get("/api/users").status == 401
