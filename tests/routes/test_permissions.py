"""The permission matrix, generated from the declarations: every route by nobody and by each role."""

import pytest

from lyceum.kit.http import Route
from lyceum.kit.identity.permissions import HELD, Role
from tests.support.callers import call
from tests.support.http import Client, apis

ROUTES = [route for api in apis() for route in api.routes]
GUARDED = [route for route in ROUTES if not route.access.is_anonymous]


def name(value: object) -> str:
    return f"{value.method} {value.path}" if isinstance(value, Route) else str(value)


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_nobody_passes_a_guarded_route(client: Client, route: Route) -> None:
    assert call(client, route).status == 401


@pytest.mark.parametrize("route", [route for route in GUARDED if route.access.role], ids=name)
def test_a_role_passes_exactly_when_it_holds_the_asked_one(client: Client, route: Route) -> None:
    for role in Role:
        refused_by_role = call(client.as_(role.value), route).status == 403
        assert refused_by_role is (route.access.role not in HELD[role]), role


@pytest.mark.parametrize("route", [route for route in GUARDED if route.access.is_self], ids=name)
def test_another_user_is_refused_what_is_somebody_elses(client: Client, route: Route) -> None:
    assert call(client.as_("student"), route).status == 403


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_no_route_breaks_on_ids_that_do_not_exist(client: Client, route: Route) -> None:
    assert call(client.as_("super_admin"), route).status < 500


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_route_says_what_it_does(route: Route) -> None:
    assert route.summary.endswith(".")
    assert len(route.summary) < 100


def test_method_and_path_are_unique() -> None:
    seen = [(route.method, route.rule) for route in ROUTES]
    assert len(seen) == len(set(seen))
