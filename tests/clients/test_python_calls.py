"""The Python client's calls: each operation by its name, typed errors, retries, renewal, pages, batches."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from lyceum_client import Conflict, LineBroken, Missing, Page, RateLimited, Refused, Response, SignedOut, Unavailable
from lyceum_client.batches import BatchedCall
from lyceum_client.calls import snake
from lyceum_client.operations import operations
from lyceum_client.store import Store
from tests.clients.lines import Script, Time, answer, broken, page, refusal, scripted, tokens, unpacked
from tools.clients import python as generator

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "docs/openapi.json").read_text())


def test_what_is_generated_is_what_the_document_gives() -> None:
    made = generator.generated((ROOT / "docs/openapi.json").read_text())
    assert [path.name for path, text in made.items() if path.read_text() != text] == []


def test_every_operation_is_a_call_with_its_method_and_path() -> None:
    client, line = scripted(*[answer({})] * len(operations()))
    for declared in operations().values():
        getattr(client.calls, snake(declared.name))(*["x/y"] * len(declared.places))
        sent = line.asked[-1]
        assert (sent.method, sent.url) == (
            declared.method,
            client.base_url + declared.path.format(**dict.fromkeys(declared.places, "x%2Fy")),
        )
    in_document = {each["operationId"] for path in DOCUMENT["paths"].values() for each in path.values()}
    assert set(operations()) == in_document
    stub = (generator.HOME / "calls.pyi").read_text()
    assert [name for name in in_document if f"    def {snake(name)}(self" not in stub] == []


def test_names_that_an_operation_does_not_have_are_refused_before_anything_is_sent() -> None:
    client, line = scripted()
    with pytest.raises(TypeError):
        client.calls.list_courses(colour="red")
    with pytest.raises(TypeError):
        client.calls.show_course()
    with pytest.raises(AttributeError):
        client.calls.show_everything  # noqa: B018
    with pytest.raises(LookupError):
        client.call("showEverything")
    assert line.asked == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (422, Refused), (404, Missing), (410, Missing), (409, Conflict), (412, Conflict)],
)
def test_refusals_are_errors_by_kind_and_code(status: int, kind: type[Exception]) -> None:
    client, _ = scripted(refusal(status, "SOME_CODE", x_request_id="r1"))
    with pytest.raises(kind) as caught:
        client.calls.show_course("c1")
    error: Any = caught.value
    assert (error.status, error.code, error.rules, error.request_id) == (status, "SOME_CODE", ["RULE"], "r1")


def test_a_get_is_sent_again_after_broken_lines_and_half_answers_with_full_jitter() -> None:
    time = Time()
    half = Response(200, {"content-type": "application/json"}, b'{"success": tr')
    client, line = scripted(broken(), half, answer({"courseId": "c1"}), time=time)
    assert client.calls.show_course("c1")["courseId"] == "c1"
    assert (len(line.asked), time.slept) == (3, [0.4, 0.8])


def test_retry_after_is_kept_and_a_longer_one_is_told() -> None:
    time = Time()
    client, line = scripted(
        refusal(503, "UNAVAILABLE", retry_after="7"), refusal(429, "RATE_LIMITED", retry_after="3600"), time=time
    )
    with pytest.raises(RateLimited) as caught:
        client.calls.show_course("c1")
    assert caught.value.retry_after == 3600
    assert time.slept == [7.4]
    assert len(line.asked) == 2


def test_a_post_without_a_key_is_not_sent_again_when_it_may_have_been_done() -> None:
    client, line = scripted(broken())
    with pytest.raises(LineBroken):
        client.calls.add_favorite(body={"productId": "p"})
    client, line = scripted(refusal(503, "UNAVAILABLE", retry_after="1"))
    with pytest.raises(Unavailable):
        client.calls.add_favorite(body={"productId": "p"})
    assert len(line.asked) == 1
    client, line = scripted(refusal(429, "RATE_LIMITED", retry_after="1"), answer({}))
    client.call("addFavorite", body={"productId": "p"})
    assert len(line.asked) == 2


def test_a_post_with_a_key_gets_one_and_keeps_it_over_all_its_tries() -> None:
    client, line = scripted(broken(), refusal(409, "IN_PROGRESS"), answer({"examId": "e"}, 201))
    assert client.calls.start_exam(body={"mode": "practice"})["examId"] == "e"
    assert len({each.headers["Idempotency-Key"] for each in line.asked}) == 1
    assert len({each.body for each in line.asked}) == 1
    assert len(line.asked[0].headers["Idempotency-Key"]) == 26


def test_patience_ends() -> None:
    client, line = scripted(*[broken()] * 5)
    with pytest.raises(LineBroken):
        client.calls.show_course("c1")
    assert len(line.asked) == 5


def test_threads_that_are_refused_at_once_renew_once() -> None:
    renewals = []
    gate = threading.Barrier(6)

    def product(request: Any) -> Response:
        if request.url.endswith("/api/auth/refresh"):
            renewals.append(request)
            return answer(tokens("second"))
        if request.headers["Authorization"] == "Bearer first":
            gate.wait(5)
            return refusal(401, "UNAUTHENTICATED")
        return answer({"courseId": "c1"})

    client, _ = scripted()
    client.transport = client.sender._transport = Script([product] * 20)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(client.calls.show_course("c1"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (len(found), len(renewals)) == (6, 1)


def test_a_token_is_renewed_before_it_ends() -> None:
    time = Time()
    client, line = scripted(answer(tokens("second")), answer({}), time=time)
    time.at += 890
    client.calls.show_course("c1")
    assert [each.url.rpartition("/api/")[2] for each in line.asked] == ["auth/refresh", "courses/c1"]
    assert line.asked[1].headers["Authorization"] == "Bearer second"


def test_a_session_that_is_over_asks_for_the_password_and_keeps_whose_queue_it_is() -> None:
    client, line = scripted(refusal(401, "UNAUTHENTICATED"), refusal(401, "UNAUTHENTICATED"), answer({}, 401))
    with pytest.raises(SignedOut):
        client.calls.show_course("c1")
    assert client.session.user_id == "ada"
    with pytest.raises(SignedOut):
        client.calls.show_course("c1")
    assert "Authorization" not in line.asked[2].headers


def test_what_did_not_change_is_not_sent_again_and_belongs_to_one_user() -> None:
    course = answer({"courseId": "c1", "title": "Sets"}, etag='"1-a"')
    client, line = scripted(course, Response(304, {}, b""), course)
    first = client.calls.show_course("c1")
    again = client.call("showCourse", path={"courseId": "c1"})
    assert again.data == first
    assert again.is_stored
    assert line.asked[1].headers["If-None-Match"] == '"1-a"'
    client.session.begin(tokens("other", user_id="eve"))
    client.calls.show_course("c1")
    assert "If-None-Match" not in line.asked[2].headers


def test_lists_are_read_to_their_end() -> None:
    client, line = scripted(page([1, 2], "next"), page([3], None))
    assert list(client.every.list_courses(limit=2)) == [1, 2, 3]
    assert [each.url.partition("?")[2] for each in line.asked] == ["limit=2", "limit=2&cursor=next"]
    client, _ = scripted(page([1], "next"))
    found = client.calls.list_courses()
    assert isinstance(found, Page)
    assert found.next_cursor == "next"


def test_a_batch_has_a_result_for_each_and_keys_where_they_are_taken() -> None:
    results = [
        {"status": 200, "headers": {}, "body": {"success": True, "data": {"courseId": "c1"}}},
        {"status": 404, "headers": {}, "body": {"success": False, "error": {"code": "NOT_FOUND", "message": "No."}}},
    ]
    client, line = scripted(broken(), answer({"results": results}))
    found = client.batch([BatchedCall("showCourse", {"courseId": "c1"}), BatchedCall("startExam", body={})])
    assert found[0].data == {"courseId": "c1"}
    assert isinstance(found[1].error, Missing)
    sent = line.bodies()[1]["requests"]
    assert (sent[0]["path"], "idempotencyKey" in sent[0], "idempotencyKey" in sent[1]) == (
        "/api/courses/c1",
        False,
        True,
    )
    client, line = scripted(broken())
    with pytest.raises(LineBroken):
        client.batch([BatchedCall("addFavorite", body={})])
    with pytest.raises(ValueError, match="20"):
        client.batch([BatchedCall("showMe")] * 21)


def test_long_bodies_are_packed_and_sent_plain_to_who_does_not_unpack() -> None:
    client, line = scripted(answer({}), refusal(415, "UNSUPPORTED_MEDIA_TYPE"), answer({}), answer({}))
    body = {"text": "long " * 1000}
    for _ in range(3):
        client.call("addFavorite", body=body)
    sent = [each.headers["Content-Type"].removeprefix("application/") for each in line.asked]
    assert sent == ["gzip", "gzip", "json", "json"]
    assert json.loads(unpacked(line.asked[0])) == body
    assert len(line.asked[0].body or b"") < 200


def test_a_session_outlives_the_process(tmp_path: Path) -> None:
    client, _ = scripted(store=Store(tmp_path / "lyceum.db"))
    client.store.close()
    client, line = scripted(answer({}), signed_in=False, store=Store(tmp_path / "lyceum.db"))
    client.calls.show_me()
    assert line.asked[0].headers["Authorization"] == "Bearer first"


def test_signing_out_forgets_tokens_and_answers_even_without_a_line() -> None:
    client, _ = scripted(answer({}, etag='"1-a"'), *[broken()] * 5)
    client.calls.show_course("c1")
    client.sign_out()
    assert client.session.user is None
    assert client.store.rows("SELECT * FROM answers") == []
