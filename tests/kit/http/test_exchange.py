"""What every route does before and after its rule."""

import base64

import pytest

from lyceum.kit.http import PUBLIC, Api, MaybeCaller
from lyceum.kit.settings import settings
from tests.kit.http.conftest import Thing, made
from tests.support.clock import Clock
from tests.support.http import Client


def test_a_success_is_in_its_envelope(caller: Client) -> None:
    reply = caller.get("/api/probe/things/a")
    assert reply.json["success"] is True
    assert reply.data == {"name": "a", "parts": [{"size": 1, "weight": 2}], "version": 7}
    assert set(reply.json["meta"]) == {"timestamp", "requestId", "responseTime"}
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"


def test_an_unknown_path_is_404_and_a_wrong_method_405_with_allow(caller: Client) -> None:
    assert caller.get("/api/probe/nowhere").error.code == "NOT_FOUND"
    refused = caller.patch("/api/probe/things/a", {})
    assert (refused.status, refused.error.code, refused.headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", "DELETE, GET")


def test_a_static_path_wins_over_a_parameter(caller: Client) -> None:
    assert caller.get("/api/probe/things/special").status == 401
    assert caller.as_("student").get("/api/probe/things/special").status == 200


def test_who_may_call(caller: Client) -> None:
    assert caller.delete("/api/probe/things/a").status == 401
    assert caller.as_("moderator").delete("/api/probe/things/a").error.code == "FORBIDDEN"
    assert caller.as_("super_admin").delete("/api/probe/things/a").status == 200


def test_self_is_the_user_in_the_path_or_an_admin(caller: Client) -> None:
    student = caller.as_("student")
    assert student.put(f"/api/probe/users/{student.user_id}").status == 200
    assert caller.as_("eve", "student").put(f"/api/probe/users/{student.user_id}").status == 403
    assert caller.as_("admin").put(f"/api/probe/users/{student.user_id}").status == 200


def test_a_bad_token_on_an_optional_route_is_refused_and_none_is_not(caller: Client) -> None:
    assert caller.get("/api/probe/large").status == 200
    assert caller.get("/api/probe/large", authorization="Bearer not.a.token").status == 401
    assert caller.get("/api/probe/large", authorization="Basic abc").status == 401


def test_a_public_route_looks_at_no_token(caller: Client) -> None:
    assert caller.get("/api/probe/things/a", authorization="Bearer not.a.token").status == 200


def test_a_public_route_that_asks_who_calls_is_refused_when_it_is_declared() -> None:
    def show(caller: MaybeCaller) -> Thing:
        """Show a thing."""
        return Thing(name=caller.user_id if caller else "nobody")

    with pytest.raises(TypeError, match=r"GET /api/bare asks for a caller or none: declare it with access=OPTIONAL"):
        Api("bare").get("/api/bare", access=PUBLIC)(show)


def test_every_wrong_field_is_named_by_its_path(caller: Client) -> None:
    refused = caller.as_("student").post("/api/probe/things", {"name": "x", "parts": [{"size": "large"}], "more": 1})
    assert refused.error.code == "VALIDATION_ERROR"
    assert refused.error.fields == {"name", "parts[0].size", "more"}


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ("[1]", 400), ('"text"', 400), ("[" * 150, 400), ('{"name": "' + "x" * 300 + '"}', 413)],
)
def test_bodies_that_can_not_be_read(caller: Client, body: str, status: int) -> None:
    assert caller.as_("student").post("/api/probe/things", body).status == status


def test_nesting_is_bounded(caller: Client) -> None:
    deep = '{"name": "ab", "parts": ' + "[" * 60 + "]" * 60 + "}"
    assert "deeply" in caller.as_("student").post("/api/probe/things", deep).error.message


def test_another_content_type_is_415(caller: Client) -> None:
    assert (
        caller.as_("student")
        .post("/api/probe/things", "name=ab", content_type="application/x-www-form-urlencoded")
        .status
        == 415
    )


def test_broken_base64_is_a_bad_request(caller: Client) -> None:
    from tests.kit.http.conftest import probe
    from tests.support.http import LAMBDA

    event = caller.as_("student").event("POST", "/api/probe/things", "***", None, {}) | {"isBase64Encoded": True}
    assert probe.handler(event, LAMBDA)["statusCode"] == 400
    event["body"] = base64.b64encode(b'{"name": "fine"}').decode()
    assert probe.handler(event, LAMBDA)["statusCode"] == 201


def test_what_nobody_foresaw_is_a_500_that_says_nothing(caller: Client) -> None:
    refused = caller.as_("student").post("/api/probe/things", {"name": "broken"})
    assert (refused.status, refused.error.code) == (500, "INTERNAL_ERROR")
    assert "secret" not in refused.body


def test_the_same_key_and_body_get_the_same_answer(caller: Client) -> None:
    student = caller.as_("student")
    first = student.post("/api/probe/things", {"name": "once"}, idempotency_key="k1")
    second = student.post("/api/probe/things", {"name": "once"}, idempotency_key="k1")
    assert first.data == second.data
    assert second.headers["Idempotency-Replayed"] == "true"
    assert made == ["once"]


def test_the_same_key_with_another_body_is_refused(caller: Client) -> None:
    student = caller.as_("student")
    student.post("/api/probe/things", {"name": "once"}, idempotency_key="k1")
    refused = student.post("/api/probe/things", {"name": "twice"}, idempotency_key="k1")
    assert (refused.status, refused.error.fields) == (422, {"IDEMPOTENCY_KEY_REUSED"})


def test_keys_of_two_users_do_not_meet(caller: Client) -> None:
    caller.as_("student").post("/api/probe/things", {"name": "one"}, idempotency_key="k1")
    assert caller.as_("eve", "student").post("/api/probe/things", {"name": "two"}, idempotency_key="k1").status == 201


def test_a_failed_request_may_be_sent_again_with_its_key(caller: Client) -> None:
    student = caller.as_("student")
    assert student.post("/api/probe/things", {"name": "refused"}, idempotency_key="k1").status == 422
    assert student.post("/api/probe/things", {"name": "refused"}, idempotency_key="k1").error.fields == {"NO_SUCH_NAME"}


def test_a_limit_says_when_to_come_back(caller: Client, clock: Clock) -> None:
    student = caller.as_("student")
    clock.advance(seconds=20)
    assert [student.post("/api/probe/things", {"name": "ab"}).status for _ in range(4)] == [201, 201, 201, 429]
    refused = student.post("/api/probe/things", {"name": "ab"})
    assert refused.headers["Retry-After"] == "40"
    assert caller.as_("eve", "student").post("/api/probe/things", {"name": "ab"}).status == 201
    clock.advance(seconds=40)
    assert student.post("/api/probe/things", {"name": "ab"}).status == 201


def test_an_unchanged_answer_is_not_sent_again(caller: Client) -> None:
    first = caller.get("/api/probe/things/a")
    again = caller.get("/api/probe/things/a", if_none_match=f'"other", W/{first.headers["ETag"]}')
    assert (again.status, again.body, again.headers["ETag"]) == (304, "", first.headers["ETag"])
    assert caller.get("/api/probe/things/b", if_none_match=first.headers["ETag"]).status == 200


def test_if_match_hands_the_version_to_the_rule(caller: Client) -> None:
    student = caller.as_("student")
    path = f"/api/probe/users/{student.user_id}"
    assert student.put(path, if_match='"7-00ff"').data["note"] == "7"
    assert student.put(path, if_match="nonsense").status == 400


def test_fields_are_selected_inside_lists_and_objects(caller: Client) -> None:
    assert caller.get("/api/probe/things/a", {"fields": "name,parts.size"}).data == {
        "name": "a",
        "parts": [{"size": 1}],
    }
    assert caller.get("/api/probe/things/a", {"fields": "name,,"}).status == 400


def test_large_answers_are_compressed_for_those_who_take_it(caller: Client) -> None:
    packed = caller.get("/api/probe/large", accept_encoding="br, gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.data["name"] == "x" * 2000
    assert "Content-Encoding" not in caller.get("/api/probe/large").headers
    assert "Content-Encoding" not in caller.get("/api/probe/things/a", accept_encoding="gzip").headers


def test_pages_follow_their_cursor_to_the_end(caller: Client) -> None:
    names, cursor, pages = [], None, 0
    while True:
        reply = caller.get("/api/probe/list", {"limit": 2, **({"cursor": cursor} if cursor else {})})
        names += [thing["name"] for thing in reply.data]
        pages += 1
        assert reply.pagination["total"] == 5
        assert reply.pagination["hasPrev"] is (pages > 1)
        cursor = reply.pagination.get("nextCursor")
        if not cursor:
            break
    assert (names, pages) == (["0", "1", "2", "3", "4"], 3)


def test_a_cursor_opens_only_its_own_list(caller: Client) -> None:
    cursor = caller.get("/api/probe/list", {"limit": 2}).pagination["nextCursor"]
    assert caller.get("/api/probe/list", {"limit": 2, "cursor": cursor, "colour": "red"}).status == 400
    assert caller.get("/api/probe/list", {"limit": 2, "cursor": cursor[:-2] + "AA"}).status == 400
    assert caller.of("another").get("/api/probe/list", {"limit": 2, "cursor": cursor}).status == 400
    assert caller.get("/api/probe/list", {"cursor": "é"}).status == 400


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "many"}, {"unknown": 1}])
def test_queries_are_checked(caller: Client, query: dict[str, object]) -> None:
    assert caller.get("/api/probe/list", query).error.code == "VALIDATION_ERROR"


def test_the_log_line_has_route_status_and_cost(caller: Client, caplog: pytest.LogCaptureFixture) -> None:
    caller.get("/api/probe/things/a")
    line = vars(caplog.records[-1])
    assert (line["route"], line["status"], line["statusClass"], line["storageRequests"]) == (
        "GET /api/probe/things/{thingId}",
        200,
        "2xx",
        0,
    )
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == f"Lyceum/{settings().stage}"
    assert directive["Dimensions"] == [["service"]], "a route is no dimension"


def test_a_browsers_question_is_answered_for_the_gateway_to_complete(caller: Client) -> None:
    reply = caller.send("OPTIONS", "/api/probe/things/a")
    assert (reply.status, reply.body) == (204, "")


def test_a_route_may_answer_with_a_file_on_request(caller: Client) -> None:
    answered = caller.get("/api/probe/report")
    assert (answered.data, answered.headers["Content-Type"]) == (
        {"name": "x", "parts": [], "version": 7},
        "application/json",
    )
    file = caller.get("/api/probe/report", {"asFile": "true"})
    assert (file.status, file.body, file.headers["Content-Type"]) == (200, "name\nx\n", "text/csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="things.csv"'
