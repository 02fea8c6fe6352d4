"""The checks of each minute, the status page, incidents and regions."""

from collections.abc import Iterator
from typing import Any

import pytest

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table.connection import StorageConnection
from lyceum.rules.operating import status_page
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.admin import jobs
from functions.admin.status import checks

INCIDENTS = "/api/admin/incidents"
UPTIME = "/api/admin/health/uptime"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What deployments answer when they are asked for their health, by address; any other is up."""
    told: dict[str, Any] = {}
    monkeypatch.setattr(checks, "ask", lambda url: told.get(url, (40, "up")))
    yield told
    clients.client("s3").delete_object(Bucket=settings().bucket, Key=status_page.COPY)
    clients.client("s3").delete_object(Bucket=settings().bucket, Key="status/down-since.json")


@pytest.fixture
def table_gone(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """A switch by which the table is gone."""
    state = {"is_gone": False}
    original = StorageConnection._make_api_call

    def call(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> Any:
        if state["is_gone"]:
            raise OSError("the table is gone")
        return original(self, operation, arguments)

    monkeypatch.setattr(StorageConnection, "_make_api_call", call)
    return state


def minutes(clock: Clock, number: int) -> None:
    for _ in range(number):
        run(jobs, "check_components")
        clock.advance(minutes=1)


def status(client: Client) -> Any:
    status_page.forget()
    return client.get("/api/status").data


def main(client: Client) -> Client:
    return Client(client.cloud, context.MAIN_TENANT)


def test_uptime_is_counted_by_the_minute(
    client: Client, clock: Clock, answers: dict[str, Any], operator: Client
) -> None:
    minutes(clock, 5)
    answers[settings().api_url] = (None, "down")
    minutes(clock, 2)
    answers[settings().api_url] = (6000, "degraded")
    minutes(clock, 1)
    answers.clear()
    minutes(clock, 2)
    run(jobs, "check_components")
    run(jobs, "check_components")  # twice in a minute counts once
    shown = client.as_("admin").get(UPTIME, {"days": 7}).data
    [day] = shown["days"]
    api = next(row for row in day["components"] if row["component"] == "api")
    assert (api["checked"], api["down"], api["degraded"]) == (11, 2, 1)
    spans = [(each["fromMinute"] - 540, each["toMinute"] - 540, each["state"]) for each in api["troubles"]]
    assert spans == [(5, 6, "down"), (7, 7, "degraded")]
    assert shown["total"]["api"] == pytest.approx(100 * 9 / 11, abs=0.001)
    assert shown["total"]["storage"] == 100


def test_the_status_page_tells_of_trouble_and_of_what_nobody_knows(
    client: Client, clock: Clock, answers: dict[str, Any]
) -> None:
    anybody = main(client)
    assert status(anybody)["status"] == "unknown"
    minutes(clock, 1)
    shown = status(anybody)
    assert (shown["status"], shown["isCopy"]) == ("operational", False)
    answers[settings().api_url] = (None, "down")
    minutes(clock, 1)
    assert status(anybody)["status"] == "outage"
    clock.advance(minutes=10)
    assert status(anybody)["status"] == "unknown"


def test_the_status_page_answers_from_its_copy_when_the_table_is_gone(
    client: Client, clock: Clock, answers: dict[str, Any], table_gone: dict[str, bool]
) -> None:
    minutes(clock, 3)
    written = status_page.copy()["asOf"]
    assert status(main(client))["isCopy"] is False
    table_gone["is_gone"] = True
    minutes(clock, 4)
    shown = status(main(client))
    assert (shown["status"], shown["isCopy"], shown["asOf"]) == ("outage", True, written)
    assert {each["name"]: each["state"] for each in shown["components"]}["storage"] == "down"
    table_gone["is_gone"] = False
    minutes(clock, 1)
    assert status(main(client))["status"] == "operational"
    [day] = client.as_("admin").get(UPTIME).data["days"]
    storage = next(row for row in day["components"] if row["component"] == "storage")
    assert (storage["checked"], storage["down"]) == (8, 4)


def test_a_page_without_table_and_copy_says_so_instead_of_breaking(
    client: Client, clock: Clock, table_gone: dict[str, bool]
) -> None:
    main(client).get("/api/status")
    table_gone["is_gone"] = True
    status_page.forget()
    assert main(client).get("/api/status").status == 503


def test_an_incident_is_told_and_resolved(client: Client, clock: Clock, operator: Client) -> None:
    made = operator.post(
        INCIDENTS,
        {"title": "Exams start late", "message": "We look into it.", "impact": "major", "components": ["api"]},
    )
    assert (made.status, made.data["state"]) == (201, "investigating")
    named = {"incidentId": made.data["incidentId"]}
    clock.advance(minutes=5)
    operator.post(INCIDENTS, {**named, "message": "A queue was full.", "state": "identified"})
    [shown] = status(main(client))["incidents"]
    assert [update["message"] for update in shown["updates"]] == ["A queue was full.", "We look into it."]
    assert status(client)["incidents"][0]["title"] == "Exams start late"
    resolved = operator.post(INCIDENTS, {**named, "message": "All is well.", "state": "resolved"}).data
    assert resolved["resolvedAt"]
    assert operator.post(INCIDENTS, {**named, "message": "Again."}).error.code == "INCIDENT_RESOLVED"
    assert operator.post(INCIDENTS, {"message": "No title."}).status == 400
    assert operator.post(INCIDENTS, {"incidentId": "0" * 26, "message": "Whose?"}).status == 404
    clock.advance(days=91)
    assert status(main(client))["incidents"] == []


def test_a_tenants_incident_is_on_its_own_page_alone(client: Client, clock: Clock) -> None:
    wanted = {"title": "Hall B closed", "message": "Use hall A.", "impact": "minor"}
    assert client.as_("admin").post(INCIDENTS, wanted).status == 201
    assert [each["title"] for each in status(client)["incidents"]] == ["Hall B closed"]
    assert status(main(client))["incidents"] == []


def test_regions_are_asked_each_minute_and_shown(
    client: Client, clock: Clock, answers: dict[str, Any], operator: Client
) -> None:
    wanted = {"region": "us-east-1", "title": "Virginia", "url": "https://us.lyceum.com"}
    assert operator.post("/api/admin/regions", wanted).status == 201
    assert operator.post("/api/admin/regions", wanted).error.code == "REGION_EXISTS"
    anybody = client.of(client.tenant)
    assert anybody.get("/api/health/region/us-east-1").data["state"] == "unknown"
    answers["https://us.lyceum.com"] = (120, "up")
    minutes(clock, 3)
    answers["https://us.lyceum.com"] = (None, "down")
    minutes(clock, 1)
    assert anybody.get("/api/health/region/us-east-1").data["state"] == "down"
    assert anybody.get("/api/health/region/eu-west-1").data["isThis"]
    assert anybody.get("/api/health/region/mars-north-1").status == 404
    rows = {row["region"]: row for row in client.as_("admin").get("/api/metrics/regional").data}
    assert (rows["us-east-1"]["checks"], rows["us-east-1"]["failedChecks"], rows["us-east-1"]["p95Ms"]) == (4, 1, 120)
    assert rows["eu-west-1"]["requestsToday"] == 0


def test_regions_are_the_operators_and_are_called_at_public_addresses(client: Client, operator: Client) -> None:
    wanted = {"region": "us-east-1", "title": "Virginia", "url": "https://us.lyceum.com"}
    assert client.as_("super_admin").post("/api/admin/regions", wanted).status == 403
    for url in ("http://us.lyceum.com", "https://localhost", "https://10.0.0.1", "ftp://us.lyceum.com"):
        assert operator.post("/api/admin/regions", {**wanted, "url": url}).error.fields == {"url"}, url
