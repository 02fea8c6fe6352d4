"""Tenants exist before they are used: a host that is nobody's is refused, and no name in a request makes one."""

from functools import partial

import pytest

from lyceum.kit import context
from lyceum.kit.errors import Conflict, RuleViolation
from lyceum.kit.settings import Settings
from lyceum.kit.tenancy import directory
from lyceum.rules import tenants
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.threads import at_once

PERSON = {"email": "ada@example.com", "password": "a long engine of brass", "firstName": "Ada", "lastName": "L"}


def register(client: Client, host: str, **more: str) -> int:
    return client.post("/api/auth/register", PERSON | more, host=host).status


def stored_tenants(cloud: Cloud) -> set[str]:
    return {item["tenant_name"]["S"] for item in cloud.items("main") if item["kind"]["S"] == "tenant"}


@pytest.mark.parametrize(
    "host", ["invented.localhost", "a.b.localhost", "invented.example.org", "", "-.localhost", "x" * 70 + ".localhost"]
)
def test_a_host_that_is_nobodys_is_refused_and_makes_no_tenant(client: Client, cloud: Cloud, host: str) -> None:
    before = stored_tenants(cloud)
    assert register(client, host) == 404
    assert client.get("/api/health", host=host).status == 404
    assert stored_tenants(cloud) == before
    assert not host or cloud.items(host.partition(".")[0]) == []


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:4566", "api.lyceum.test", "abc123.execute-api.eu-west-1.amazonaws.com"]
)
def test_the_deployments_own_hosts_are_the_main_tenants(client: Client, cloud: Cloud, host: str) -> None:
    assert register(client, host) == 201
    assert any(item["kind"]["S"] == "user" for item in cloud.items("main"))


@pytest.mark.parametrize(
    ("host", "tenant"),
    [
        ("192.168.0.12:4566", "main"), ("[::1]:4566", "main"), ("laptop", "main"), ("laptop.local", "main"),
        ("host.docker.internal:4566", "main"), ("nobody.example.org", None), ("localhost.example.org", None),
        ("", None), ("a.b.localhost", None),
    ],
)  # fmt: skip
def test_a_local_stage_is_reached_from_nearby_and_by_no_strange_name(
    client: Client, monkeypatch: pytest.MonkeyPatch, host: str, tenant: str | None
) -> None:
    monkeypatch.setattr(Settings, "is_local", True)
    assert directory.of_host(host) == tenant


def test_a_tenant_is_reached_from_the_moment_it_is_made(client: Client, clock: Clock) -> None:
    assert register(client, "harbour.localhost") == 404
    tenants.make("harbour", hosts=["learn.harbour.example"])
    assert register(client, "harbour.localhost") == 201
    assert register(client, "learn.harbour.example:443") == 409, "it is the same tenant"


def test_other_processes_know_a_new_tenant_within_a_minute(client: Client, clock: Clock) -> None:
    assert directory.of_host("harbour.localhost") is None
    forget, directory.forget = directory.forget, lambda: None
    try:
        tenants.make("harbour")
    finally:
        directory.forget = forget
    assert directory.of_host("harbour.localhost") is None
    clock.advance(seconds=61)
    assert directory.of_host("harbour.localhost") == "harbour"


def test_a_tenant_and_a_host_are_made_once(client: Client) -> None:
    tenants.make("harbour", hosts=["learn.harbour.example"])
    with pytest.raises(Conflict):
        tenants.make("harbour")
    with pytest.raises(Conflict):
        tenants.make("quay", hosts=["learn.harbour.example"])
    assert [each.tenant_name for each in directory.listed()].count("harbour") == 1
    assert "quay" not in [each.tenant_name for each in directory.listed()]


def test_tenants_that_are_made_at_once_are_all_there(cloud: Cloud) -> None:
    names = ["harbour", "quay", "jetty"]
    at_once(*(partial(tenants.make, name) for name in names))
    assert {each.tenant_name for each in directory.listed()} >= {"main", *names}


@pytest.mark.parametrize("name", ["", "Harbour", "a.b", "a|b", "api", "-a", "a" * 64])
def test_a_name_that_is_no_label_of_a_host_is_refused(client: Client, name: str) -> None:
    with pytest.raises(RuleViolation):
        tenants.make(name)


def test_strangers_are_counted_whatever_host_they_turn_to(client: Client, clock: Clock) -> None:
    tenants.make("harbour")
    hosts = [f"{client.tenant}.localhost", "harbour.localhost", "invented.localhost"]
    statuses = [
        register(client, hosts[number % 3], email=f"ada{number}@example.com", username=f"ada{number}")
        for number in range(24)
    ]
    assert statuses[:20].count(201) + statuses[:20].count(404) == 20
    assert statuses[20:] == [429] * 4


def test_the_host_says_nothing_about_who_is_signed_in(client: Client) -> None:
    student = client.as_("student")
    assert student.get("/api/auth/me", host="invented.localhost").data["userId"] == student.user_id


def test_jobs_visit_the_main_tenant_where_none_was_made(cloud: Cloud) -> None:
    with context.working(context.RequestContext()):
        assert [each.tenant_name for each in directory.listed()] == ["main"]
    tenants.make("harbour")
    assert {each.tenant_name for each in directory.listed()} == {"main", "harbour"}
