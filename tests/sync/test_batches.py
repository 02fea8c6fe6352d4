"""Several requests in one round trip: each is answered as if it were sent by itself."""

import pytest

from lyceum.kit import ids
from lyceum.kit.outgoing.errors import TimedOut
from tests.support.http import Client
from tests.sync.conftest import Line

from functions.sync import batches, own_api

BATCH = "/api/batch"


def test_each_request_has_its_own_answer_and_a_failure_stops_no_other(student: Client, topic: str) -> None:
    note = {"method": "POST", "path": "/api/notes", "body": {"topicId": topic, "text": "Union."}, "id": "one"}
    wanted = [note, {"path": "/api/lessons/nothing"}, {"path": "/api/notes?limit=5&kind=explanation", "id": "three"}]
    results = student.post(BATCH, {"requests": wanted}).data["results"]
    assert [each["status"] for each in results] == [201, 404, 200]
    assert [each.get("id") for each in results] == ["one", None, "three"]
    assert results[1]["body"]["error"]["code"] == "NOT_FOUND"
    assert [each["text"] for each in results[2]["body"]["data"]] == ["Union."]
    by_itself = student.get("/api/notes", {"limit": 5, "kind": "explanation"})
    assert results[2]["body"]["data"] == by_itself.data
    assert student.post(BATCH, {"requests": wanted}).cost.requests <= 1  # the limit; the rest is each one's own


def test_requests_are_the_callers_own(client: Client, student: Client) -> None:
    results = student.post(BATCH, {"requests": [{"path": "/api/admin/reports"}, {"path": "/api/profile"}]}).data[
        "results"
    ]
    assert results[0]["status"] == student.get("/api/admin/reports").status >= 403
    assert results[1]["body"]["data"]["userId"] == student.user_id
    assert client.post(BATCH, {"requests": [{"path": "/api/profile"}]}).status == 401


def test_headers_of_a_request_count(student: Client, topic: str) -> None:
    note = {"method": "POST", "path": "/api/notes", "body": {"topicId": topic, "text": "Once."}}
    keyed = {**note, "idempotencyKey": ids.new_id()}
    first, second = student.post(BATCH, {"requests": [keyed, keyed]}).data["results"]
    assert first["body"]["data"]["noteId"] == second["body"]["data"]["noteId"]
    listed = {"path": "/api/notes"}
    etag = student.post(BATCH, {"requests": [listed]}).data["results"][0]["headers"]["etag"]
    again = student.post(BATCH, {"requests": [{**listed, "ifNoneMatch": etag}]}).data["results"][0]
    assert again["status"] == 304
    assert again.get("body") is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/batch", 403),
        ("/api/sync/push", 403),
        ("/api/auth/login", 403),
        ("/api/webhooks/x", 403),
        ("/api/%62atch", 404),
        ("/api/../api/batch", 404),
        ("/api//batch", 404),
        ("/api/./batch", 404),
        ("/api/batch/", 404),
        ("/api/notes@example.com", 404),
    ],
)
def test_a_batch_goes_in_no_other_and_calls_nothing_else(student: Client, line: Line, path: str, status: int) -> None:
    answered = student.post(BATCH, {"requests": [{"method": "POST", "path": path}]}).data["results"][0]
    assert answered["status"] == status
    assert line.calls == []


def test_batches_are_bounded(student: Client, line: Line) -> None:
    one = {"path": "/api/notes"}
    assert student.post(BATCH, {"requests": [one] * 20}).status == 200
    assert student.post(BATCH, {"requests": [one] * 21}).status == 400
    assert student.post(BATCH, {"requests": []}).status == 400
    assert student.post(BATCH, {"requests": [{"path": "https://example.com/api/"}]}).status == 400
    assert student.post(BATCH, {"requests": [{**one, "ifMatch": "a\r\nx: y"}]}).status == 400
    assert student.post(BATCH, {"requests": [{**one, "method": "TRACE"}]}).status == 400
    assert len(line.calls) == 20


def test_an_answer_that_is_too_long_or_late_is_said_to_be(
    student: Client, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"path": "/api/notes"}
    monkeypatch.setattr(own_api, "MOST_ANSWER_BYTES", 20)
    assert student.post(BATCH, {"requests": [one]}).data["results"][0]["status"] == 413

    def late(_method: str, _path: str) -> None:
        raise TimedOut("no answer in time")

    line.before = late
    answered = student.post(BATCH, {"requests": [one]}).data["results"][0]
    assert (answered["status"], answered["body"]["error"]["code"]) == (503, "UNAVAILABLE")
    monkeypatch.setattr(batches, "SECONDS", 0)
    line.calls.clear()
    assert student.post(BATCH, {"requests": [one]}).data["results"][0]["status"] == 503
    assert line.calls == []
