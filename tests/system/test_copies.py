"""What the content network before the API keeps is forgotten when it is changed, and fetched anew."""

import json
import re
from typing import Any

import pytest

from lyceum.edge.shown import SHOWN, ended_by
from lyceum.kit.aws import clients
from lyceum.kit.ids import new_id
from lyceum.kit.outgoing.errors import Unreachable
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity
from lyceum.tasks.system import EndCopies, FetchCopies
from tests.support.http import LAMBDA
from tools.declared import entities

from functions.system import events


@pytest.fixture
def network(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A distribution of the emulated service, which the settings name."""
    config = {
        "CallerReference": new_id(),
        "Origins": {"Quantity": 1, "Items": [{"Id": "api", "DomainName": "api.example.org"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "api", "ViewerProtocolPolicy": "https-only"},
        "Comment": "",
        "Enabled": True,
    }
    made = clients.client("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    told = settings().model_copy(update={"api_edge": made, "api_host": "api.lyceum.example"})
    monkeypatch.setattr(events, "settings", lambda: told)
    return str(made)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were called; those of topics are not answered."""
    called: list[str] = []

    class Caller:
        def call(self, _method: str, address: str) -> None:
            called.append(address)
            if "topics" in address:
                raise Unreachable("nobody is there")

    monkeypatch.setattr(events, "replace", lambda *_, **__: Caller())
    return called


def tell(*tasks: EndCopies | FetchCopies) -> list[Any]:
    bodies = [{"detail-type": task.name, "detail": task.model_dump(by_alias=True, mode="json")} for task in tasks]
    records = [{"messageId": str(place), "body": json.dumps(body)} for place, body in enumerate(bodies)]
    return list(events.handler({"Records": records}, LAMBDA)["batchItemFailures"])


def forgotten(network: str) -> list[dict[str, Any]]:
    told = clients.client("cloudfront")
    listed = told.list_invalidations(DistributionId=network)["InvalidationList"].get("Items", [])
    got = [told.get_invalidation(DistributionId=network, Id=each["Id"])["Invalidation"] for each in listed]
    return [each["InvalidationBatch"] for each in got]


def ordered(cloud: Any, tenant: str) -> list[dict[str, Any]]:
    return [json.loads(each["Detail"]) for each in cloud.published(tenant) if each["DetailType"] == FetchCopies.name]


def test_a_batch_of_changes_is_one_forgetting_whatever_the_query(network: str, tenant: str) -> None:
    batch = EndCopies(paths=["/api/plans", "/api/certificates/c1/*"]), EndCopies(paths=["/api/plans"])
    assert tell(*batch) == []
    assert [each["Paths"]["Items"] for each in forgotten(network)] == [["/api/certificates/c1/*", "/api/plans*"]]
    assert tell(*batch) == []
    assert len({each["CallerReference"] for each in forgotten(network)}) == 1, "by which the service knows it again"


def test_pages_are_fetched_once_they_are_forgotten(
    network: str, fetched: list[str], tenant: str, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"Invalidation": {"Status": "Completed"}}
    monkeypatch.setattr(clients.client("cloudfront"), "get_invalidation", lambda **_: answer)
    tell(EndCopies(paths=["/api/plans", "/api/topics/t1", "/api/certificates/c1/*"]))
    (order,) = ordered(cloud, tenant)
    assert order["paths"] == ["/api/plans", "/api/topics/t1"]
    assert tell(FetchCopies.model_validate(order)) == []
    assert fetched == ["https://api.lyceum.example/api/plans", "https://api.lyceum.example/api/topics/t1"]


def test_it_waits_for_the_forgetting_and_not_for_ever(
    network: str, fetched: list[str], tenant: str, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"Invalidation": {"Status": "InProgress"}}
    monkeypatch.setattr(clients.client("cloudfront"), "get_invalidation", lambda **_: answer)
    tell(FetchCopies(paths=["/api/plans"], invalidation="I1"))
    assert [order["tries"] for order in ordered(cloud, tenant)] == [1]
    tell(FetchCopies(paths=["/api/plans"], invalidation="I1", tries=10))
    assert len(ordered(cloud, tenant)) == 1
    assert fetched == []


def change(kind: str, *, old: dict[str, str] | None, new: dict[str, str] | None) -> dict[str, Any]:
    def image(of: dict[str, str]) -> dict[str, Any]:
        return {name: {"S": value} for name, value in ({"kind": kind, "tenant": "main"} | of).items()}

    images = {"NewImage": image(new)} if new is not None else {}
    return {"dynamodb": images | ({"OldImage": image(old)} if old is not None else {})}


COURSE = {"course_id": "c1", "topic_id": "t1", "title": "Limits"}


@pytest.mark.parametrize(
    ("record", "paths"),
    [
        (change("topic", old=None, new=COURSE), ["/api/courses/c1/topics"]),
        (change("topic", old=COURSE, new=COURSE | {"title": "Limes"}), ["/api/courses/c1/topics", "/api/topics/t1"]),
        (change("topic", old=COURSE, new=None), ["/api/courses/c1/topics", "/api/topics/t1"]),
        (
            change("topic", old=COURSE, new=COURSE | {"course_id": "c2"}),
            ["/api/courses/c1/topics", "/api/courses/c2/topics", "/api/topics/t1"],
        ),
        (change("topic", old=COURSE, new=COURSE | {"question_count": "7"}), None),
        (change("certificate", old=None, new={"certificate_id": "z"}), None),
        (change("user", old=None, new={"user_id": "u"}), None),
    ],
    ids=["new", "changed", "removed", "moved", "a count", "not shown before", "nobody sees it"],
)
def test_what_a_change_ends(record: dict[str, Any], paths: list[str] | None) -> None:
    ends = ended_by(record)
    assert (ends.paths if ends else None) == paths


def test_the_declaration_names_attributes_that_there_are() -> None:
    stored = {Entity.kind.get_discriminator(entity): entity for entity in entities()}
    for kind, shown in SHOWN.items():
        named = {*shown.fields, *re.findall(r"{(\w+)}", "".join(shown.pages + shown.lists))}
        assert named <= set(stored[kind].get_attributes()), kind


def test_every_kind_that_is_shown_is_stored() -> None:
    assert set(SHOWN) <= {Entity.kind.get_discriminator(entity) for entity in entities()}
