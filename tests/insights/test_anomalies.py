"""Anomalies: robust scores, warnings before bans, bans that grow and are lifted, a front door that reads nothing."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from lyceum.events.admin import AdminFiguresChanged
from lyceum.kit import context
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.telemetry import collector, sending
from lyceum.kit.traffic import bans, callers
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.kit.traffic.task import CallerRow, FoldCallers
from lyceum.model.audit import AuditEvent
from lyceum.model.realtime import Follower
from lyceum.rules.operating import status_page
from tests.insights.conftest import bring
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.insights import jobs
from functions.insights.anomalies import banning, scoring

PLACE = "/api/admin/anomalies"
BAD = "203.0.114.7"
GUESSING = {"calls": 40, "refused": 38, "denied": 38}


@pytest.fixture(autouse=True)
def _as_a_new_process() -> Iterator[None]:
    for part in (bans, callers, collector, sending):
        part.forget()
    yield
    for part in (bans, callers, collector, sending):
        part.forget()


def told(tenant: str, counts: dict[str, int], address: str = BAD) -> FoldCallers:
    row = CallerRow.model_validate({"tenant": tenant, "address": address, **counts})
    return FoldCallers(tenant=context.MAIN_TENANT, rows=[row])


def ordinary(number: int) -> dict[str, int]:
    return {"calls": 20 + 3 * number, "refused": number % 4, "denied": number % 2, "limited": 0}


def test_an_address_far_from_the_others_stands_out_and_others_do_not() -> None:
    found = {f"198.51.100.{number}": ordinary(number) for number in range(40)}
    found[BAD] = {"calls": 900, "refused": 850, "denied": 840, "limited": 0}
    first, *others = scoring.score(found)
    assert (first.address, first.pattern, first.is_anomalous) == (BAD, "guessing", True)
    assert not any(each.is_anomalous for each in others)
    assert [each.is_anomalous for each in scoring.score({BAD: ordinary(3)})] == [False]


@pytest.mark.parametrize(
    ("counts", "pattern"),
    [
        ({"calls": 60, "refused": 40, "denied": 30, "limited": 0}, "guessing"),
        ({"calls": 400, "refused": 40, "denied": 30, "limited": 0}, None),
        ({"calls": 100, "refused": 70, "denied": 5, "limited": 0}, "probing"),
        ({"calls": 500, "refused": 60, "denied": 0, "limited": 55}, "flooding"),
        ({"calls": 3000, "refused": 5, "denied": 0, "limited": 0}, "scraping"),
    ],
)
def test_traffic_looks_like_something_by_plain_numbers(counts: dict[str, int], pattern: str | None) -> None:
    assert scoring.pattern_of(counts) == pattern


def test_who_goes_on_after_a_warning_is_refused_ever_longer(client: Client, clock: Clock) -> None:
    seen: list[tuple[str, int]] = []
    for _ in range(4):
        bring([told(client.tenant, GUESSING)])
        watched = WatchedAddress.require(address=BAD)
        seen.append((str(watched.state), int(watched.strikes)))
        clock.at = watched.until + timedelta(seconds=1)
    assert seen == [("warned", 0), ("banned", 1), ("banned", 2), ("banned", 3)]
    assert watched.until - timedelta(hours=6) < clock.at
    clock.advance(hours=25)
    bring([told(client.tenant, GUESSING)])
    assert WatchedAddress.require(address=BAD).state == "warned"


def test_the_same_news_counts_once(client: Client, clock: Clock) -> None:
    bring([told(client.tenant, {"calls": 10, "refused": 1})] * 2, times=2)
    rows = client.as_("admin").get(PLACE).data["callers"]
    assert [(each["address"], each["calls"], each["isAnomalous"]) for each in rows] == [(BAD, 10, False)]


def test_a_banned_address_is_refused_within_half_a_minute_and_nothing_is_read_per_request(
    client: Client, clock: Clock
) -> None:
    guest = client.as_("student")
    guest.address = BAD
    assert guest.get("/api/ml/recommendations/" + guest.user_id).status == 200
    Unit().put(WatchedAddress(address=BAD, state="banned", strikes=1, until=clock.at + timedelta(minutes=15))).commit()
    clock.advance(seconds=31)
    refused = guest.get("/api/ml/recommendations/" + guest.user_id)
    assert (refused.status, refused.error.details[0]["code"]) == (429, "ADDRESS_BANNED")
    assert int(refused.headers["Retry-After"]) <= 900
    assert refused.cost.requests == 0
    assert client.as_("admin").get(PLACE).status == 200  # from another address
    clock.advance(minutes=15)
    assert guest.get("/api/ml/recommendations/" + guest.user_id).status == 200


def test_a_list_that_can_not_be_read_refuses_nobody(
    client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(bans, "find", fail)
    bans.check(client.tenant, BAD)


def test_a_ban_is_lifted_by_a_person_and_an_address_can_be_allowed(client: Client, clock: Clock) -> None:
    admin = client.as_("admin")
    until = clock.at + timedelta(hours=1)
    Unit().put(WatchedAddress(address=BAD, state="banned", strikes=2, pattern="guessing", until=until)).commit()
    assert [each["state"] for each in admin.get(PLACE).data["bans"]] == ["banned"]
    lifted = admin.delete(f"/api/admin/bans/{BAD}")
    assert (lifted.data["state"], lifted.data["strikes"], lifted.data["isActive"]) == ("lifted", 0, False)
    clock.advance(seconds=1)
    bring([told(client.tenant, GUESSING)])
    assert WatchedAddress.require(address=BAD).state == "warned"
    assert admin.send("DELETE", f"/api/admin/bans/{BAD}", None, {"allow": "true"}, {}).data["state"] == "allowed"
    bring([told(client.tenant, GUESSING)])
    assert WatchedAddress.require(address=BAD).state == "allowed"
    assert admin.delete("/api/admin/bans/192.0.2.1").status == 404
    assert client.as_("moderator").delete(f"/api/admin/bans/{BAD}").status == 403
    abroad = client.of(f"{client.tenant}-abroad").as_("admin")
    assert abroad.delete(f"/api/admin/bans/{BAD}").status == 404
    assert AuditEvent is not None


@pytest.mark.parametrize(
    ("address", "may"), [(BAD, True), ("10.0.0.4", False), ("127.0.0.1", False), ("nothing", False)]
)
def test_networks_of_our_own_are_never_refused(client: Client, clock: Clock, address: str, may: bool) -> None:
    assert banning.may_ban(address) is may
    bring([told(client.tenant, GUESSING, address)])
    assert (WatchedAddress.fetch(address=address) is not None) is may


def test_much_reading_is_told_and_refuses_nobody(client: Client, clock: Clock) -> None:
    for _ in range(4):
        bring([told(client.tenant, {"calls": 4000, "refused": 10, "routes": 30})])
        clock.advance(minutes=10)
    watched = WatchedAddress.require(address=BAD)
    assert watched.state == "warned"
    shown = client.as_("admin").get(PLACE, {"only": "anomalous"}).data
    assert shown["patterns"] == {"scraping": 1}
    assert client.as_("admin").get(PLACE, {"hour": "2027-13-01T00"}).status == 400


def test_only_the_busiest_are_told_with_what_goes_out_anyway(
    client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYCEUM_TELEMETRY", "true")
    settings.cache_clear()
    noisy, quiet = client.as_("student"), client.as_("eve", "student")
    noisy.address, quiet.address = BAD, "198.51.100.9"
    quiet.get("/api/ml/user-behavior/x")
    for _ in range(6):
        noisy.get("/api/ml/user-behavior/x")
    clock.advance(seconds=11)
    quiet.get("/api/ml/recommendations/" + quiet.user_id)
    sent = [each for each in client.cloud.published(context.MAIN_TENANT) if each["DetailType"] == "traffic.fold"]
    assert len(sent) == 1
    assert BAD in sent[0]["Detail"]
    assert "198.51.100.9" not in sent[0]["Detail"]
    assert '"denied":' in sent[0]["Detail"]
    monkeypatch.undo()
    settings.cache_clear()


def test_an_incident_opens_by_itself_with_the_first_ban_and_ends_with_the_last(client: Client, clock: Clock) -> None:
    def shown() -> list[tuple[str, str, int]]:
        status_page.forget()
        found = client.get("/api/status").data["incidents"]
        return [(each["title"], each["state"], len(each["updates"])) for each in found]

    bring([told(client.tenant, GUESSING)])
    assert shown() == [], "a warning is no incident"
    for _ in range(2):
        clock.at = WatchedAddress.require(address=BAD).until + timedelta(seconds=1)
        bring([told(client.tenant, GUESSING)])
    assert shown() == [("Unusual traffic: guessing", "investigating", 1)]
    run(jobs, "close_incidents")
    assert shown()[0][1] == "investigating", "somebody is still refused"
    clock.at = WatchedAddress.require(address=BAD).until + timedelta(hours=1)
    run(jobs, "close_incidents")
    run(jobs, "close_incidents")
    assert shown() == [("Unusual traffic: guessing", "resolved", 2)]


def test_those_who_watch_see_that_somebody_is_warned(client: Client, clock: Clock) -> None:
    Unit().put(Follower(topic="admin:anomalies", user_id="ada", connection_id="c")).commit()
    bring([told(client.tenant, GUESSING)])
    (sent,) = [each for each in client.cloud.published(client.tenant) if each["DetailType"] == AdminFiguresChanged.name]
    assert json.loads(sent["Detail"])["figures"] == {"warned": 1, "patterns": ["guessing"]}
