"""Limits count calls in windows of the clock, by caller and route."""

import random

import pytest

from lyceum.kit import context
from lyceum.kit.configuration.records import SettingValues
from lyceum.kit.context import RequestContext
from lyceum.kit.errors import RateLimited
from lyceum.kit.http import rate_limits
from lyceum.kit.http.rate_limits import is_drawn
from lyceum.kit.http.routes import Limit, snake
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import KeyRights, Principal
from lyceum.kit.table import write_many
from tests.support.clock import Clock
from tests.support.cloud import Cloud

THRICE = Limit.parse("3/minute")


def remaining(limit: Limit, subject: str = "ada", route: str = "GET /a", most: int = 0) -> int:
    """Call until it is refused, and return how often that went well."""
    for calls in range(most or limit.calls + 2):
        try:
            rate_limits.count(limit, subject, route)
        except RateLimited:
            return calls
    return limit.calls + 2


@pytest.mark.parametrize(
    ("text", "calls", "seconds"),
    [("3/minute", 3, 60), ("10/hour", 10, 3600), ("1/second", 1, 1), ("100/day", 100, 86_400)],
)
def test_a_limit_is_read_as_it_is_written(text: str, calls: int, seconds: int) -> None:
    limit = Limit.parse(text)
    assert (limit.calls, limit.seconds) == (calls, seconds)


def test_a_limit_names_the_setting_that_a_tenant_may_change() -> None:
    limit = Limit.parse("20/hour or registrations_hourly")
    assert (limit.calls, limit.setting, limit.text) == (20, "registrations_hourly", "20/hour or registrations_hourly")
    assert Limit.parse("200/hour by 1 in 20 or some").text == "200/hour by 1 in 20 or some"


def test_as_many_calls_pass_as_it_says(tenant: str, clock: Clock) -> None:
    assert remaining(THRICE) == 3
    assert remaining(THRICE) == 0


def test_of_a_sampled_limit_most_calls_write_nothing_and_it_holds_all_the_same(
    tenant: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = random.Random(1)
    monkeypatch.setattr(rate_limits, "is_drawn", lambda sample: not draws.randrange(sample))
    limit = Limit.parse("200/hour by 1 in 20")
    assert (limit.calls, limit.sample, limit.text) == (200, 20, "200/hour by 1 in 20")
    assert 50 <= remaining(limit, most=5_000) <= 800  # ten samples of twenty calls each


def test_one_call_in_so_many_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "random", random.Random(1))
    assert all(is_drawn(1) for _ in range(100))
    assert 70 <= sum(is_drawn(20) for _ in range(2000)) <= 130


def test_a_call_that_is_not_drawn_writes_nothing(
    cloud: Cloud, tenant: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Limit.parse("40/hour by 1 in 20")
    monkeypatch.setattr(rate_limits, "is_drawn", lambda _: False)
    rate_limits.count(limit, "ada", "GET /a")
    assert cloud.items(tenant) == []
    monkeypatch.setattr(rate_limits, "is_drawn", lambda _: True)
    assert remaining(limit) == 2
    assert [window["calls"]["N"] for window in cloud.items(tenant)] == ["40"]


def test_a_tenants_own_setting_counts_in_place_of_the_routes_number(tenant: str, clock: Clock) -> None:
    limit = Limit.parse("3/hour or registrations_hourly")
    write_many([SettingValues(values={"registrations_hourly": 5})])
    for calls in range(6):
        if calls < 5:
            rate_limits.count(limit, "ada", "GET /a", of=tenant)
            continue
        with pytest.raises(RateLimited):
            rate_limits.count(limit, "ada", "GET /a", of=tenant)


def test_the_setting_is_that_of_the_tenant_that_is_named(tenant: str, clock: Clock) -> None:
    limit = Limit.parse("3/hour or registrations_hourly")
    with context.working(RequestContext(tenant=f"{tenant}-other")):
        write_many([SettingValues(values={"registrations_hourly": 1})])
    rate_limits.count(limit, "ada", "GET /a", of=f"{tenant}-other")
    with pytest.raises(RateLimited):
        rate_limits.count(limit, "ada", "GET /a", of=f"{tenant}-other")
    rate_limits.count(limit, "ada", "GET /a", of=tenant)


def test_another_caller_and_another_route_count_for_themselves(tenant: str, clock: Clock) -> None:
    assert remaining(THRICE) == 3
    assert remaining(THRICE, subject="eve") == 3
    assert remaining(THRICE, route="GET /b") == 3


def test_the_next_window_begins_anew(tenant: str, clock: Clock) -> None:
    assert remaining(THRICE) == 3
    clock.advance(seconds=61)
    assert remaining(THRICE) == 3


def test_a_refusal_says_when_to_come_again(tenant: str, clock: Clock) -> None:
    remaining(THRICE)
    with pytest.raises(RateLimited) as refused:
        rate_limits.count(THRICE, "ada", "GET /a")
    wait = refused.value.retry_after_seconds
    assert wait is not None and 1 <= wait <= 60
    assert str(refused.value) == "Too many requests. Slow down."
    clock.advance(seconds=wait)
    rate_limits.count(THRICE, "ada", "GET /a")


def test_a_window_goes_by_itself_a_minute_after_its_end(cloud: Cloud, tenant: str, clock: Clock) -> None:
    now = clock.advance(seconds=20)
    rate_limits.count(THRICE, "ada", "GET /a")
    (window,) = cloud.items(tenant)
    ends = int(window["window"]["S"])
    assert ends == int(now.timestamp()) + 40
    assert int(window["ttl"]["N"]) == ends + 60


def test_a_refusal_names_the_rule_that_is_not_the_routes_own(tenant: str, clock: Clock) -> None:
    def refused(**rule: str) -> list[tuple[str, ...]]:
        remaining(THRICE)
        with pytest.raises(RateLimited) as refusal:
            rate_limits.count(THRICE, "ada", "GET /a", **rule)
        return [tuple(detail) for detail in refusal.value.details]

    assert refused() == []
    assert refused(rule="SOME_LIMIT") == [("", "Too many requests. Slow down.", "SOME_LIMIT")]


def test_a_program_has_so_many_calls_a_minute_whatever_it_calls(tenant: str, clock: Clock) -> None:
    key = KeyRights("key", frozenset(), 2)
    for _ in range(2):
        rate_limits.count_for_key(key, "key-1")
    with pytest.raises(RateLimited) as refused:
        rate_limits.count_for_key(key, "key-1")
    assert [detail.code for detail in refused.value.details] == ["API_KEY_LIMIT"]
    rate_limits.count_for_key(key, "key-2")
    clock.advance(seconds=refused.value.retry_after_seconds or 0)
    rate_limits.count_for_key(key, "key-1")


def test_an_app_has_so_many_calls_a_minute_for_whomever_it_acts(tenant: str, clock: Clock) -> None:
    def let_in(user_id: str, client_id: str | None = "app", calls: int | None = 2) -> None:
        rate_limits.count_for_app(
            Principal(user_id, tenant, Role.STUDENT, "free", "s", client_id=client_id, client_calls=calls)
        )

    let_in("ada")
    let_in("eve")
    with pytest.raises(RateLimited) as refused:
        let_in("bob")
    assert [detail.code for detail in refused.value.details] == ["APP_LIMIT"]
    assert 1 <= (refused.value.retry_after_seconds or 0) <= 60
    let_in("bob", "another")
    for _ in range(4):
        let_in("ada", None)
        let_in("ada", "unbounded", None)


@pytest.mark.parametrize("text", ["3", "3/week", "many/hour", "3/hour ", "/hour"])
def test_what_is_no_limit_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(ValueError, match="write it like '10/hour'"):
        Limit.parse(text)


def test_in_the_last_second_of_a_window_one_waits_a_second(tenant: str, clock: Clock) -> None:
    per_second = Limit.parse("1/second")
    remaining(per_second)
    with pytest.raises(RateLimited) as refused:
        rate_limits.count(per_second, "ada", "GET /a")
    assert refused.value.retry_after_seconds == 1


@pytest.mark.parametrize(
    ("written", "name"), [("quizId", "quiz_id"), ("p256dh", "p256dh"), ("ID", "i_d"), ("toTheEnd", "to_the_end")]
)
def test_a_path_parameter_is_named_as_functions_are(written: str, name: str) -> None:
    assert snake(written) == name
