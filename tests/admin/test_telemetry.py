"""From a call, a failure or a slow storage call to the figures that administrators see."""

import pytest

from lyceum.events.users import UserRegistered
from lyceum.kit import context
from lyceum.kit.http import PUBLIC, Api
from lyceum.kit.table import find
from lyceum.kit.table.connection import StorageConnection
from lyceum.kit.telemetry import collector, sending
from lyceum.model.admin.telemetry import ApiUsage, ErrorGroup
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client, Reply
from tests.support.workers import consumers, deliver, record

ERRORS = "/api/admin/health/errors"
USAGE = "/api/admin/health/api-usage"


def folded(client: Client) -> int:
    """Fold what was sent; returns how many messages failed."""
    return deliver(client.cloud, context.MAIN_TENANT, only="admin")


def provoke(client: Client) -> Reply:
    """Let a route of a made-up API fail, in the client's tenant."""
    api = Api("probe")

    @api.get("/api/probe", access=PUBLIC)
    def show_probe() -> dict[str, str]:
        """Fail."""
        raise ZeroDivisionError("words of a person")

    answer = api.handler(client.event("GET", "/api/probe", None, None, {}), LAMBDA)
    return Reply(answer["statusCode"], answer["headers"], answer["body"])


def test_a_failure_is_grouped_counted_and_told_without_anybodys_data(
    client: Client, observed: Clock, operator: Client
) -> None:
    replies = [provoke(client), provoke(client)]
    observed.advance(seconds=2)
    replies.append(provoke(client))
    assert [reply.status for reply in replies] == [500, 500, 500]
    assert folded(client) == 0
    [group] = operator.get(ERRORS, {"where": "/api/probe"}).data
    assert (group["count"], group["state"], group["type"]) == (3, "open", "builtins.ZeroDivisionError")
    assert group["correlationId"] == replies[-1].json["meta"]["requestId"]
    assert group["lastAt"] > group["firstAt"]
    assert "person" not in str(group)
    [own] = client.as_("admin").get(ERRORS).data
    assert own["fingerprint"] == group["fingerprint"]
    assert client.of(f"{client.tenant}-abroad").as_("admin").get(ERRORS).data == []


def test_a_resolved_failure_that_is_seen_again_has_come_back(client: Client, observed: Clock, operator: Client) -> None:
    provoke(client)
    folded(client)
    [group] = operator.get(ERRORS).data
    place = f"{ERRORS}/{group['fingerprint']}"
    assert operator.patch(place, {"state": "resolved", "note": "Mended."}).data["state"] == "resolved"
    assert operator.get(ERRORS, {"state": "open"}).data == []
    observed.advance(minutes=1)
    provoke(client)
    folded(client)
    [again] = operator.get(ERRORS, {"state": "regressed"}).data
    assert (again["count"], again["note"]) == (2, "Mended.")
    assert again["regressedAt"] == again["lastAt"]
    assert operator.patch(f"{ERRORS}/{'0' * 16}", {"state": "ignored"}).status == 404
    assert operator.patch(place, {"state": "regressed"}).status == 400


def test_a_failing_worker_and_a_failing_job_are_errors_too(
    client: Client, observed: Clock, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.users.events.directory._count", lambda *_: 1 / 0)
    told = UserRegistered(user_id="ada", role="student")
    entry = {"DetailType": told.name, "Source": "lyceum", "Detail": told.model_dump_json(by_alias=True)}
    consumer = consumers()["functions.users.events.directory"]
    answer = consumer.handler({"Records": [record(entry)]}, LAMBDA)
    assert len(answer["batchItemFailures"]) == 1
    folded(client)
    assert [each["where"] for each in operator.get(ERRORS).data] == ["worker users-directory"]


def test_calls_are_counted_by_endpoint_and_kind_of_caller(client: Client, observed: Clock, operator: Client) -> None:
    student = client.as_("student")
    for _ in range(3):
        student.get("/api/auth/me")
    client.get("/api/auth/me")
    observed.advance(seconds=11)
    student.get("/api/auth/me")
    assert folded(client) == 0
    [row] = operator.get(USAGE, {"route": "GET /api/auth/me"}).data
    assert (row["count"], row["signedIn"], row["anonymous"], row["refused"], row["failed"]) == (5, 4, 1, 1, 0)
    assert row["p95Ms"] >= row["p50Ms"] > 0
    assert row["storageRequestsPerCall"] > 0
    assert [each["count"] for each in client.as_("admin").get(USAGE, {"route": "/auth/me"}).data] == [4]


def test_a_message_that_comes_twice_counts_once(client: Client, observed: Clock, operator: Client) -> None:
    provoke(client)
    folded(client)
    folded(client)
    assert [each["count"] for each in operator.get(ERRORS).data] == [1]


def test_a_process_sends_a_batch_in_ten_seconds_and_failures_within_one(client: Client, observed: Clock) -> None:
    def sent() -> int:
        return len([e for e in client.cloud.published(context.MAIN_TENANT) if e["DetailType"] == "telemetry.fold"])

    student = client.as_("student")
    for _ in range(5):
        student.get("/api/auth/me")
    assert sent() == 1
    observed.advance(seconds=9)
    student.get("/api/auth/me")
    assert sent() == 1
    provoke(client)
    provoke(client)
    assert sent() == 2
    observed.advance(seconds=11)
    student.get("/api/auth/me")
    assert sent() == 3


def test_a_batch_is_small_enough_for_one_transaction(client: Client, observed: Clock) -> None:
    observed.advance(hours=1)
    sending._sent["at"] = observed.at
    for number in range(26):
        with context.working(context.RequestContext(client.tenant)):
            collector.call(f"GET /api/{number}", 200, 3, is_anonymous=True, answer_bytes=10)
            collector.tally(f"flag.f-{number}.on")
            collector.storage_call("GetItem", {"Key": {"PK": {"S": f"t|F{number}#1"}}}, 500, 1)
    for _ in range(5):
        observed.advance(seconds=11)
        sending.send()
    assert folded(client) == 0
    with context.working(context.RequestContext(context.MAIN_TENANT)):
        assert sum(int(each.total) for each in _rows(ApiUsage, observed)) == 26


def _rows(kind: type[ApiUsage], clock: Clock) -> list[ApiUsage]:
    return find(kind, day=clock.at.date().isoformat(), limit=200).items


def test_slow_and_costly_storage_calls_are_told_by_shape(
    client: Client, observed: Clock, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(10**6))
    monkeypatch.setattr("lyceum.kit.telemetry.collector.random.randrange", lambda _: 1)  # no ordinary call is kept
    monkeypatch.setattr("lyceum.kit.table.connection.time.perf_counter", lambda: next(ticks) * 0.3)
    client.as_("student").get("/api/auth/me")
    monkeypatch.setattr("lyceum.kit.table.connection.time.perf_counter", lambda: 0)
    for _ in range(4):
        observed.advance(seconds=11)
        client.as_("student").get("/api/auth/me")
    folded(client)
    rows = operator.get("/api/admin/health/slow-queries").data
    slow = {row["shape"]: row for row in rows if row["slow"]}
    row = next(row for shape, row in slow.items() if shape.startswith("BatchGetItem") and "USER#" in shape)
    assert (row["p50Ms"], row["maxMs"]) == (500, 300)


@pytest.mark.parametrize(
    ("operation", "arguments", "shape"),
    [
        ("GetItem", {"Key": {"PK": {"S": "main|USER#ada"}}}, "GetItem USER#"),
        (
            "Query",
            {"IndexName": "GSI1", "ExpressionAttributeValues": {":0": {"S": "main|EXAM#1"}}},
            "Query EXAM# GSI1",
        ),
        ("PutItem", {"Item": {"PK": {"S": "main|NOTE#1"}}}, "PutItem NOTE#"),
        (
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"Item": {"PK": {"S": "m|A#1"}}}},
                    {"Delete": {"Key": {"PK": {"S": "m|B#1"}}}},
                ]
            },
            "TransactWriteItems 2 A#+B#",
        ),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [{"PK": {"S": "m|A#1"}}]}}}, "BatchGetItem A#"),
    ],
)
def test_a_shape_names_families_and_no_value(operation: str, arguments: dict[str, object], shape: str) -> None:
    assert collector.shape_of(operation, arguments) == shape


def test_items_are_counted_by_kind_and_the_table_by_its_own_word(
    client: Client, observed: Clock, operator: Client
) -> None:
    client.as_("student")
    observed.advance(seconds=11)
    client.as_("student").get("/api/auth/me")
    folded(client)
    shown = operator.get("/api/admin/health/database").data
    assert shown["table"] == "lyceum-test"
    assert {"GSI1", "GSI2"} == set(shown["indexes"])
    users = next(row for row in shown["entities"] if row["kind"] == "user")
    assert users["made"] >= 1
    assert users["present"] == users["made"] - users["removed"]


def test_caches_tell_of_hits_and_misses(client: Client, observed: Clock, operator: Client) -> None:
    student = client.as_("student")
    for _ in range(4):
        student.get("/api/auth/me")
    observed.advance(seconds=11)
    student.get("/api/auth/me")
    folded(client)
    rows = {row["cache"]: row for row in operator.get("/api/cache/stats").data["caches"]}
    assert rows["revocations"]["hits"] >= 3
    assert 0 < rows["configuration"]["hitRate"] < 1


def test_nothing_is_gathered_where_the_deployment_does_not_ask_for_it(client: Client, clock: Clock) -> None:
    provoke(client)
    assert collector.gathered.failures == {}
    assert ErrorGroup.fetch(fingerprint="0" * 16) is None


def test_figures_that_can_not_be_sent_cost_the_request_nothing(
    client: Client, observed: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = StorageConnection._make_api_call

    def refuse(self: StorageConnection, operation: str, arguments: dict[str, object]) -> object:
        if "TELEMETRY#" in str(arguments):
            raise OSError("out of reach")
        return original(self, operation, arguments)

    monkeypatch.setattr(StorageConnection, "_make_api_call", refuse)
    assert client.as_("student").get("/api/auth/me").status == 200
