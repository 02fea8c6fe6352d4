"""The gateway's routes follow from the declared ones, and no protected route is reached without the authorizer."""

import pytest

from infra.gateway import MOST_ROUTES, DeclaredRoute, GatewayConflict, GatewayRoute, derive


def declared(text: str, *, function: str = "exams", is_anonymous: bool = False) -> DeclaredRoute:
    method, path = text.split(" ")
    return DeclaredRoute(function, method, path, is_anonymous)


def keys(*routes: DeclaredRoute) -> dict[str, tuple[str, bool]]:
    return {route.key: (route.function, route.is_protected) for route in derive(routes)}


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


def test_a_prefix_is_one_greedy_route_behind_the_authorizer() -> None:
    assert keys(declared("POST /api/exams/start"), declared("GET /api/exams/{examId}")) == {
        "ANY /api/exams/{proxy+}": ("exams", True),
        "OPTIONS /api/exams/{proxy+}": ("exams", False),
    }


def test_the_bare_prefix_appears_when_it_is_declared() -> None:
    assert keys(declared("GET /api/exams")) == {
        "ANY /api/exams": ("exams", True),
        "OPTIONS /api/exams": ("exams", False),
    }


def test_an_anonymous_route_has_a_route_of_its_own() -> None:
    made = keys(
        declared("POST /api/auth/login", function="auth", is_anonymous=True),
        declared("GET /api/auth/me", function="auth"),
    )
    assert made["POST /api/auth/login"] == ("auth", False)
    assert made["ANY /api/auth/{proxy+}"] == ("auth", True)


def test_a_prefix_with_anonymous_routes_only_has_no_greedy_one() -> None:
    assert keys(declared("GET /api/health", is_anonymous=True)) == {"GET /api/health": ("exams", False)}


def test_a_literal_route_that_an_anonymous_parameter_would_take_is_kept_behind_the_authorizer() -> None:
    derived = derive(
        [declared("GET /api/questions/{questionId}", is_anonymous=True), declared("GET /api/questions/random")]
    )
    assert winner(derived, "GET", "/api/questions/random").is_protected
    assert not winner(derived, "GET", "/api/questions/01J").is_protected


def test_another_method_of_an_anonymous_path_stays_protected() -> None:
    derived = derive(
        [declared("GET /api/questions/{questionId}", is_anonymous=True), declared("DELETE /api/questions/{questionId}")]
    )
    assert winner(derived, "DELETE", "/api/questions/01J").is_protected


def test_a_smaller_function_below_a_prefix_gets_routes_of_its_own() -> None:
    made = keys(
        declared("POST /api/exams/start"),
        declared("POST /api/exams/{examId}/answer"),
        declared("POST /api/exams/{examId}/submit", function="exams-marking"),
    )
    assert made["POST /api/exams/{examId}/submit"] == ("exams-marking", True)
    assert made["ANY /api/exams/{proxy+}"] == ("exams", True)


def test_a_literal_route_is_kept_from_another_functions_parameter() -> None:
    derived = derive(
        [
            declared("GET /api/exams/{examId}/review"),
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
    assert made["ANY /api/admin/questions/{proxy+}"] == ("questions", True)
    assert made["ANY /api/admin/users/{proxy+}"] == ("auth", True)


def test_routes_outside_the_api_are_their_own() -> None:
    assert keys(declared("GET /.well-known/jwks.json", is_anonymous=True)) == {
        "GET /.well-known/jwks.json": ("exams", False)
    }
    assert keys(declared("GET /internal/report")) == {"GET /internal/report": ("exams", True)}


def test_two_routes_of_one_shape_are_refused() -> None:
    with pytest.raises(GatewayConflict, match=r"one shape.*examId.*exams.*sessionId.*other"):
        derive([declared("GET /api/exams/{examId}"), declared("GET /api/exams/{sessionId}", function="other")])


def test_routes_that_cross_are_refused_when_one_is_open() -> None:
    with pytest.raises(GatewayConflict, match="neither is the more literal"):
        derive([declared("GET /api/exams/{kind}/summary", is_anonymous=True), declared("GET /api/exams/mine/{part}")])


def test_a_literal_that_can_not_be_an_id_crosses_no_parameter() -> None:
    made = keys(
        declared("GET /api/analytics/{userId}/courses", function="analytics"),
        declared("GET /api/analytics/predictions/{userId}", function="insights"),
    )
    assert made["GET /api/analytics/predictions/{userId}"] == ("insights", True)


def test_a_literal_that_looks_like_an_id_still_crosses() -> None:
    looks = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    with pytest.raises(GatewayConflict, match="neither is the more literal"):
        derive([declared("GET /api/a/{userId}/x/{b}", function="a"), declared(f"GET /api/a/{looks}/{{c}}/y")])


def test_too_many_routes_are_refused() -> None:
    with pytest.raises(GatewayConflict, match=f"{MOST_ROUTES} are allowed"):
        derive([declared(f"GET /api/noun{number}", is_anonymous=True) for number in range(MOST_ROUTES + 1)])
