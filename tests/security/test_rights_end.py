"""Rights end everywhere within ten seconds: every act that ends some, seen by a function that had the old ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lyceum.kit.identity import revocations, tokens
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.story import PASSWORD, Story
from tests.support.tokens import proven

Act = Callable[[Client, dict[str, Any], Client], Reply]
SOMEWHERE = ("/api/notifications", "/api/exams/history", "/api/auth/me", "/api/content")
"""Routes of four functions; the last one is for anybody."""


def _suspend(_own: Client, signed: dict[str, Any], admin: Client) -> Reply:
    return admin.post(f"/api/users/{signed['user']['userId']}/suspend", {"reason": "spam"})


def _give_role(_own: Client, signed: dict[str, Any], admin: Client) -> Reply:
    return admin.put(f"/api/users/{signed['user']['userId']}/role", {"role": "moderator"})


def _delete(_own: Client, signed: dict[str, Any], admin: Client) -> Reply:
    return admin.delete(f"/api/users/{signed['user']['userId']}")


def _sign_out(own: Client, _signed: dict[str, Any], _admin: Client) -> Reply:
    return own.post("/api/auth/logout", {})


def _end_session(own: Client, _signed: dict[str, Any], _admin: Client) -> Reply:
    assert own.principal is not None
    return own.delete(f"/api/auth/sessions/{own.principal.session_id}")


def _reset_password(own: Client, _signed: dict[str, Any], _admin: Client) -> Reply:
    other = {"currentPassword": PASSWORD, "newPassword": "another quiet green river"}
    assert own.principal is not None
    elsewhere = replace(own, principal=None)
    again = elsewhere.post("/api/auth/login", {"identifier": "ada", "password": PASSWORD}).data
    return replace(own, principal=tokens.holder(again["accessToken"])).post("/api/auth/update-password", other)


ACTS: dict[str, Act] = {
    "suspended": _suspend,
    "given another role": _give_role,
    "deleted": _delete,
    "signed out": _sign_out,
    "session ended": _end_session,
    "password changed elsewhere": _reset_password,
}


@pytest.mark.parametrize("what", ACTS)
def test_rights_end_within_ten_seconds_on_every_route(client: Client, clock: Clock, what: str) -> None:
    revocations.forget()
    client.post("/api/auth/register", Story.person("ada"))
    signed = client.post("/api/auth/login", {"identifier": "ada", "password": PASSWORD}).data
    own = replace(client, principal=proven(signed["accessToken"]))
    assert [own.get(path).status for path in SOMEWHERE] == [200] * len(SOMEWHERE)
    assert ACTS[what](own, signed, client.as_("admin")).status == 200
    clock.advance(seconds=10)
    refused = [own.get(path) for path in SOMEWHERE]
    assert [(reply.status, reply.error.code) for reply in refused] == [(401, "UNAUTHENTICATED")] * len(SOMEWHERE)
    assert own.get("/api/universities").status == 200, "open routes judge no token"


def test_knowing_who_calls_reads_nothing_for_the_request(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    first, second = student.get("/api/courses"), student.get("/api/courses")
    assert first.cost.operations == second.cost.operations
    clock.advance(seconds=11)
    assert student.get("/api/courses").cost.operations == second.cost.operations
