"""The permission matrix, generated from the declarations: every route by nobody and by each role."""

from collections import Counter
from collections.abc import Callable

import pytest

from lyceum.kit.http import Route
from lyceum.kit.identity.permissions import GRANTED, Role
from tests.support.http import Client, apis


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    """Every route, those that take something away last: what they are called on by chance is not missed then."""
    found = [route for api in apis() for route in api.routes]
    return sorted(found, key=lambda route: (route.method == "DELETE", route.path, route.method))


@pytest.fixture
def guarded(routes: list[Route]) -> list[Route]:
    return [route for route in routes if not route.access.is_anonymous]


def failures(routes: list[Route], passes: Callable[[Route], bool]) -> list[str]:
    """Name the routes that do not pass."""
    assert routes
    return [f"{route.method} {route.path}" for route in routes if not passes(route)]


def test_nobody_passes_a_guarded_route(client: Client, guarded: list[Route]) -> None:
    assert failures(guarded, lambda route: client.call(route).status == 401) == []


@pytest.mark.parametrize("role", Role)
def test_a_role_passes_exactly_the_routes_that_ask_for_one_of_its_permissions(
    client: Client, guarded: list[Route], role: Role
) -> None:
    caller = client.as_(role.value)

    def is_right(route: Route) -> bool:
        is_refused = caller.call(route).status == 403
        return is_refused is (route.access.permission not in GRANTED[role])

    assert failures([route for route in guarded if route.access.permission], is_right) == []


def test_another_user_is_refused_what_is_somebody_elses(client: Client, guarded: list[Route]) -> None:
    own = [route for route in guarded if route.access.is_self]
    assert failures(own, lambda route: client.as_("student").call(route).status == 403) == []


def test_no_route_breaks_on_ids_that_do_not_exist(client: Client, routes: list[Route]) -> None:
    assert failures(routes, lambda route: client.as_("super_admin").call(route).status < 500) == []


def test_every_route_says_what_it_does(routes: list[Route]) -> None:
    assert failures(routes, lambda route: route.summary.endswith(".") and len(route.summary) < 100) == []


def test_method_and_path_are_unique(routes: list[Route]) -> None:
    seen = Counter((route.method, route.rule) for route in routes)
    assert [name for name, times in seen.items() if times > 1] == []
