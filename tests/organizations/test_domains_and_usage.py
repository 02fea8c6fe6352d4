"""Domains are proven by the name system and then lead to their organisation; use is counted and priced."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit import context
from lyceum.kit.outgoing.client import Reply
from lyceum.kit.outgoing.errors import Unreachable
from lyceum.kit.table import write_many
from lyceum.model.admin.telemetry import ApiUsage
from lyceum.model.content.uploads import UploadUsage
from tests.organizations.conftest import make
from tests.support.http import Client

from functions.organizations import domains, usage

PATH = "/api/admin/organizations/harbour"
HOST = "learn.harbour.org"


def claim(caller: Client, host: str = HOST, path: str = PATH) -> Any:
    return caller.post(f"{path}/domain", {"host": host})


def test_a_domain_leads_to_its_organisation_once_it_is_proven(harbour: Client, names: dict[str, list[str]]) -> None:
    head = harbour.as_("admin")
    claimed = claim(head, "Learn.Harbour.org.").data
    record = claimed["records"][0]
    assert (claimed["state"], record["type"], record["name"]) == ("pending", "TXT", f"_lyceum-proof.{HOST}")
    stranger = Client(harbour.cloud, "harbour")
    assert stranger.get("/api/organization", host=HOST).status == 404
    assert claim(head).data["failure"] == "The TXT record is not there, or not everywhere yet."
    names[record["name"]] = ["v=spf1", record["value"]]
    assert claim(head).data["state"] == "active"
    assert stranger.get("/api/organization", host=HOST).data["organizationId"] == "harbour"
    assert head.get(PATH).data["domains"] == [HOST]


def test_a_host_is_one_organisations(operator: Client, harbour: Client, names: dict[str, list[str]]) -> None:
    assert make(operator, "quay").status == 201
    other, path = Client(operator.cloud, "quay").as_("admin"), "/api/admin/organizations/quay"
    head = harbour.as_("admin")
    tokens = [claim(head).data["records"][0]["value"], claim(other, path=path).data["records"][0]["value"]]
    assert tokens[0] != tokens[1], "another's claim is not proven by one's own record"
    names[f"_lyceum-proof.{HOST}"] = tokens
    assert claim(head).data["state"] == "active"
    assert claim(other, path=path).error.code == "HOST_TAKEN"


@pytest.mark.parametrize("host", ["localhost", "harbour", "a b.org", "127.0.0.1", "x" * 64 + ".org", "-a.org"])
def test_what_is_no_host_of_theirs_is_refused(harbour: Client, host: str) -> None:
    assert claim(harbour.as_("admin"), host).status == 400


def test_hosts_of_the_deployment_and_too_many_are_refused(harbour: Client) -> None:
    head = harbour.as_("admin")
    assert claim(head, "quay.localhost").status in {400, 422}
    for number in range(domains.MOST):
        assert claim(head, f"h{number}.harbour.org").status == 200
    assert claim(head).error.fields == {"TOO_MANY_DOMAINS"}


class Resolver:
    """Answers as a resolver does, over the product's own client."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)

    def call(self, *_arguments: Any, **_headers: Any) -> Reply:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(*texts: str, status: int = 200) -> Reply:
    body = {"Answer": [{"type": 5, "data": "cname."}, *({"type": 16, "data": text} for text in texts)]}
    return Reply(status, {}, json.dumps(body).encode(), is_whole=True)


@pytest.mark.parametrize(
    ("answers", "is_proven"),
    [
        ([answer('"TOKEN"'), answer('"TO" "KEN"')], True),
        ([answer("TOKEN"), answer("TOKEN")], True),
        ([answer('"TOKEN"'), answer('"other"')], False),
        ([answer('"other"')], False),
        ([answer('"TOKEN"', status=502)], False),
        ([Unreachable("nobody")], False),
        ([Reply(200, {}, b"[]", is_whole=True)], False),
        ([Reply(200, {}, b"<html>", is_whole=True)], False),
    ],
)
def test_two_resolvers_have_to_agree(
    harbour: Client, monkeypatch: pytest.MonkeyPatch, answers: list[Any], is_proven: bool
) -> None:
    head = harbour.as_("admin")
    token = claim(head).data["records"][0]["value"]
    told = [
        Reply(each.status, {}, each.body.replace(b"TOKEN", token.encode()), is_whole=True)
        if isinstance(each, Reply)
        else each
        for each in answers
    ]
    for each, reply in enumerate(told):
        if isinstance(reply, Reply) and b'"TO' in reply.body:
            body = reply.body.replace(b"KEN", token[2:].encode()).replace(b'\\"TO\\"', f'\\"{token[:2]}\\"'.encode())
            told[each] = Reply(200, {}, body, is_whole=True)
    resolver = Resolver(*told)
    monkeypatch.setattr(domains, "client", lambda: resolver)
    assert (claim(head).data["state"] == "active") is is_proven


def test_use_is_counted_and_priced_in_its_own_organisation(operator: Client, harbour: Client) -> None:
    with context.working(context.RequestContext("harbour")):
        row = ApiUsage(
            day="2027-01-11", route="GET /api/courses", total=1000, class_02=1000, failed=1, units=500,
            answer_bytes=2_000_000,
        )  # fmt: skip
        write_many([row, UploadUsage(owner_id="tenant-3", span="all", files=2, size_bytes=3_000_000_000)])
    shown = harbour.as_("admin").get(f"{PATH}/usage", {"days": 2})
    assert (shown.data["calls"], shown.data["storedBytes"]) == (1000, 3_000_000_000)
    assert shown.data["days"][0] == {"day": "2027-01-11", "calls": 1000, "failed": 1, "costUsd": shown.data["costUsd"]}
    by_hand = 1000 * 1.2e-6 + 1000 * 0.020 * 0.5 * 13.3334e-6 + 500 * 0.625e-6 + 0.002 * 0.09
    assert shown.data["costUsd"] == pytest.approx(by_hand, abs=1e-6)
    assert shown.cost.operations == ["BatchGetItem", "Query", "Query", "BatchGetItem"]
    assert operator.get(f"{PATH}/usage").data["calls"] == 1000
    assert operator.get("/api/admin/organizations/main/usage").data["storedBytes"] == 0


def test_prices_are_those_of_the_page_of_costs() -> None:
    listed = tomllib.loads((Path(__file__).parents[2] / "infra/prices.toml").read_text())
    same = {
        "gatewayRequest": "gateway_request", "lambdaRequest": "lambda_request", "lambdaGbSecond": "lambda_gb_second",
        "writeUnit": "write_unit", "transferGb": "transfer_gb",
    }  # fmt: skip
    assert {name: usage.PRICES[name] for name in same} == {name: listed["use"][other] for name, other in same.items()}
    assert str(listed["as_of"]) == usage.AS_OF
