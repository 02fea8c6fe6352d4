"""Requests that are sent again with their Idempotency-Key: they cost nothing and tell nothing that is secret by now."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from lyceum.kit.errors import Gone
from lyceum.kit.http import USER, Again, Api, Caller, Schema, may
from lyceum.kit.identity import Permission, Principal, Role
from tests.support import http
from tests.support.clock import Clock
from tests.support.http import Client, Reply

desk = Api("desk")
notes: dict[str, str] = {}
meanwhile: list[Any] = []


class Note(Schema):
    """What was noted."""

    note_id: str
    text: str


def show(caller: Principal, note_id: str) -> Note:
    if note_id not in notes:
        raise Gone("This note is gone.")
    return Note(note_id=note_id, text=notes[note_id])


def _noted() -> Note:
    note_id = f"n{len(notes) + 1}"
    notes[note_id] = "as it was"
    return Note(note_id=note_id, text=notes[note_id])


@desk.post("/api/desk/notes", access=may(Permission.WRITE_COURSES), status=201, limit="2/minute", idempotent=True)
def note() -> Note:
    """Note something."""
    for act in meanwhile:
        act()
    return _noted()


@desk.post("/api/desk/changing", access=USER, status=201, idempotent=Again("note_id", show))
def note_what_changes(caller: Caller) -> Note:
    """Note something that will change."""
    return _noted()


@pytest.fixture
def author(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Somebody at the desk."""
    monkeypatch.setattr(http, "_api_for", lambda _method, _path: desk)
    yield client.as_("instructor")
    notes.clear()
    meanwhile.clear()


def sent(author: Client, key: str = "k1", path: str = "/api/desk/notes") -> Reply:
    return author.post(path, {}, idempotency_key=key)


def test_repeating_costs_none_of_the_limit(author: Client, clock: Clock) -> None:
    assert [sent(author).status for _ in range(5)] == [201] * 5
    assert [sent(author, "k2").status, sent(author, "k3").status, sent(author, "k1").status] == [201, 429, 201]
    assert len(notes) == 2


def test_what_the_limit_refused_may_be_sent_again_with_its_key(author: Client, clock: Clock) -> None:
    assert [sent(author, key).status for key in ("k1", "k2", "k3")] == [201, 201, 429]
    clock.advance(minutes=1)
    assert sent(author, "k3").status == 201


def test_the_same_request_while_the_first_one_runs_is_told_so(author: Client) -> None:
    during: list[Reply] = []
    meanwhile.append(lambda: during.append(replace(author).send("POST", "/api/desk/notes", {}, None, KEY)))
    meanwhile.append(meanwhile.clear)
    assert sent(author).status == 201
    assert [(reply.status, reply.error.code) for reply in during] == [(409, "IN_PROGRESS")]
    assert len(notes) == 1


def test_a_request_that_never_ended_is_taken_up_after_a_minute(author: Client, clock: Clock) -> None:
    class Killed(BaseException):
        """The function was stopped."""

    def die() -> None:
        raise Killed

    meanwhile.append(die)
    with pytest.raises(Killed):
        sent(author)
    meanwhile.clear()
    clock.advance(seconds=60)
    assert sent(author).error.code == "IN_PROGRESS"
    clock.advance(seconds=1)
    assert sent(author).status == 201


def test_what_was_said_to_a_role_is_not_said_to_a_lower_one(author: Client) -> None:
    assert author.principal is not None
    first = sent(author)
    above = replace(author, principal=replace(author.principal, role=Role.ADMIN, version=2))
    beside = replace(author, principal=replace(author.principal, role=Role.MODERATOR))
    assert [sent(above).data, sent(beside).data] == [first.data, first.data]
    changing = sent(above, "k9").data
    assert (sent(author, "k9").status, sent(author, "k9").error.code) == (409, "ALREADY_DONE")
    assert sent(above, "k9").data == changing


def test_what_changes_is_shown_as_it_is_now(author: Client) -> None:
    first = sent(author, path="/api/desk/changing")
    notes[first.data["noteId"]] = "as it is"
    again = sent(author, path="/api/desk/changing")
    assert (again.data["text"], again.headers["Idempotency-Replayed"]) == ("as it is", "true")
    notes.clear()
    assert sent(author, path="/api/desk/changing").status == 410


KEY = {"idempotency_key": "k1"}
