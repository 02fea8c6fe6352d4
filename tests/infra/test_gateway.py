"""The gateway's routes follow from the declared ones: each request reaches the function that declares its route."""

import pytest

from infra.functions import FUNCTIONS
from infra.gateway import MOST_ROUTES, REST, DeclaredRoute, GatewayConflict, GatewayRoute, derive
from infra.routes import declared_routes, gateway_routes


def declared(text: str, *, function: str = "exams") -> DeclaredRoute:
    method, path = text.split(" ")
    return DeclaredRoute(function, method, path)


def keys(*routes: DeclaredRoute) -> dict[str, str]:
    return {route.key: route.function for route in derive(routes)}


def winner(derived: list[GatewayRoute], method: str, path: str) -> GatewayRoute:
    """Pick as a gateway does: full matches before greedy ones, literals before parameters, a method before ANY."""

    def rank(route: GatewayRoute) -> tuple[bool, int, bool] | None:
        route_method, template = route.key.split(" ")
        wanted, given = template.strip("/").split("/"), path.strip("/").split("/")
        is_greedy = wanted[-1] == "{proxy+}"
        compared = wanted[:-1] if is_greedy else wanted
        fits = len(given) >= len(wanted) if is_greedy else len(given) == len(wanted)
        if route_method not in {method, "ANY"} or not fits:
            return None
        if any(part != value and not part.startswith("{") for part, value in zip(compared, given, strict=False)):
            return None
        return not is_greedy, sum(not part.startswith("{") for part in compared), route_method != "ANY"

    ranked = [(found, route) for route in derived if (found := rank(route))]
    return max(ranked, key=lambda pair: pair[0])[1]


def test_a_prefix_is_one_greedy_route() -> None:
    assert keys(declared("POST /api/exams/start"), declared("GET /api/exams/{examId}")) == {
        "ANY /api/exams/{proxy+}": "exams"
    }


def test_a_path_whose_end_has_slashes_is_below_its_prefix() -> None:
    assert keys(declared("GET /xapi/play/{ticket}/{path+}"), declared("GET /xapi/play/{ticket}")) == {
        "ANY /xapi/{proxy+}": "exams"
    }


def test_the_bare_prefix_appears_when_it_is_declared() -> None:
    assert keys(declared("GET /api/exams")) == {"ANY /api/exams": "exams"}


def test_a_smaller_function_below_a_prefix_gets_one_route_a_path() -> None:
    made = keys(
        declared("POST /api/exams/start"),
        declared("POST /api/exams/{examId}/answer"),
        declared("POST /api/exams/{examId}/grade", function="exams-marking"),
        declared("GET /api/exams/{examId}/grade", function="exams-marking"),
    )
    assert made == {"ANY /api/exams/{examId}/grade": "exams-marking", "ANY /api/exams/{proxy+}": "exams"}


def test_a_branch_that_is_one_functions_alone_is_one_greedy_route() -> None:
    routes = [
        declared("GET /api/users/{userId}"),
        declared("GET /api/users/{userId}/sessions"),
        declared("PUT /api/users/{userId}/name"),
        declared("GET /api/users/{userId}/analytics/trends", function="analytics"),
        declared("GET /api/users/{userId}/analytics/topic/{topicId}", function="analytics"),
        declared("GET /api/users/{userId}/boards/first", function="boards"),
    ]
    assert keys(*routes) == {
        "ANY /api/users/{proxy+}": "exams",
        "ANY /api/users/{userId}/analytics/{proxy+}": "analytics",
        "ANY /api/users/{userId}/boards/first": "boards",
    }
    shared = declared("PUT /api/users/{userId}/analytics/{topicId}")
    assert "ANY /api/users/{userId}/analytics/{proxy+}" not in keys(*routes, shared)


def test_a_path_of_two_functions_has_a_route_for_each_method_of_the_smaller_one() -> None:
    made = keys(
        declared("GET /api/exams/{examId}"),
        declared("GET /api/exams"),
        declared("DELETE /api/exams/{examId}", function="exams-marking"),
    )
    assert made["DELETE /api/exams/{examId}"] == "exams-marking"
    assert made["ANY /api/exams/{proxy+}"] == "exams"


def test_a_literal_route_is_kept_from_another_functions_parameter() -> None:
    derived = derive(
        [
            declared("GET /api/exams/{examId}/review"),
            declared("GET /api/exams/{examId}/answers"),
            declared("GET /api/exams/practice/summary"),
            declared("GET /api/exams/{examId}/summary", function="exams-marking"),
        ]
    )
    assert winner(derived, "GET", "/api/exams/practice/summary").function == "exams"
    assert winner(derived, "GET", "/api/exams/01J/summary").function == "exams-marking"


def test_domains_share_the_admin_noun_by_the_next_segment() -> None:
    made = keys(
        declared("POST /api/admin/questions/batch-approve", function="questions"),
        declared("GET /api/admin/users/{userId}", function="auth"),
    )
    assert made["ANY /api/admin/questions/{proxy+}"] == "questions"
    assert made["ANY /api/admin/users/{proxy+}"] == "auth"


def test_outside_the_api_the_first_segment_is_the_prefix() -> None:
    made = keys(
        declared("GET /.well-known/jwks.json", function="auth"),
        declared("GET /.well-known/openid-configuration", function="auth"),
        declared("GET /.well-known/did.json"),
        declared("GET /docs"),
    )
    assert made == {
        "ANY /.well-known/did.json": "exams",
        "ANY /.well-known/{proxy+}": "auth",
        "ANY /docs": "exams",
    }


def test_two_routes_of_one_shape_are_refused() -> None:
    with pytest.raises(GatewayConflict, match=r"one shape.*examId.*exams.*sessionId.*other"):
        derive([declared("GET /api/exams/{examId}"), declared("GET /api/exams/{sessionId}", function="other")])


def test_routes_of_two_functions_that_cross_are_refused() -> None:
    with pytest.raises(GatewayConflict, match="neither is the more literal"):
        derive([declared("GET /api/exams/{kind}/summary", function="other"), declared("GET /api/exams/mine/{part}")])


def test_a_literal_that_can_not_be_an_id_crosses_no_parameter() -> None:
    made = keys(
        declared("GET /api/analytics/{userId}/courses", function="analytics"),
        declared("GET /api/analytics/predictions/{userId}", function="insights"),
    )
    assert made["GET /api/analytics/predictions/{userId}"] == "insights"


def test_a_literal_that_looks_like_an_id_still_crosses() -> None:
    looks = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    with pytest.raises(GatewayConflict, match="neither is the more literal"):
        derive([declared("GET /api/a/{userId}/x/{b}", function="a"), declared(f"GET /api/a/{looks}/{{c}}/y")])


def test_too_many_routes_are_refused() -> None:
    with pytest.raises(GatewayConflict, match=f"{MOST_ROUTES} are allowed"):
        derive([declared(f"GET /api/noun{number}") for number in range(MOST_ROUTES + 1)])


def test_each_declared_route_reaches_its_function() -> None:
    derived = [route for route in gateway_routes(FUNCTIONS) if route.key != REST]
    astray = [
        route.label
        for route in declared_routes(FUNCTIONS)
        if winner(derived, route.method, route.path.replace("{", "01J").replace("}", "")).function != route.function
    ]
    assert astray == []


def test_what_no_route_declares_has_one_function() -> None:
    assert [route.function for route in gateway_routes(FUNCTIONS) if route.key == REST] == ["system"]
    with pytest.raises(GatewayConflict, match="one function answers the rest, and not 0"):
        gateway_routes([function for function in FUNCTIONS if function.name != "system"])
