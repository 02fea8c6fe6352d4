"""Bodies that come gzipped over a slow line: read as if they were plain, and never beyond what the route takes."""

import gzip
import json
import time
import tracemalloc

import pytest

from tests.kit.http.conftest import made
from tests.support.http import Client, Reply

THINGS = "/api/probe/things"


def send(caller: Client, body: bytes, coding: str = "gzip", **headers: str) -> Reply:
    return caller.as_("student").post(THINGS, body, content_encoding=coding, **headers)


def packed(name: str) -> bytes:
    return gzip.compress(json.dumps({"name": name}).encode(), mtime=0)


def test_a_packed_body_is_read_as_a_plain_one(caller: Client) -> None:
    reply = send(caller, packed("packed"))
    assert (reply.status, reply.data["name"], made) == (201, "packed", ["packed"])
    assert send(caller, packed("x")).error.fields == {"name"}


def test_a_body_whose_type_is_gzip_is_packed_json(caller: Client) -> None:
    reply = caller.as_("student").post(THINGS, packed("by type"), content_type="application/gzip")
    assert (reply.status, reply.data["name"]) == (201, "by type")
    assert caller.as_("student").post(THINGS, b"{}", content_type="application/gzip").status == 400


def test_packed_or_plain_it_is_the_same_request_for_its_key(caller: Client) -> None:
    first = send(caller, json.dumps({"name": "once"}).encode(), "identity", idempotency_key="k1")
    again = send(caller, packed("once"), idempotency_key="k1")
    assert (first.status, again.status, made) == (201, 201, ["once"])


def test_a_bomb_is_refused_before_it_is_unpacked(caller: Client) -> None:
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=9)[:200]
    tracemalloc.start()
    started = time.perf_counter()
    reply = send(caller, bomb)
    assert time.perf_counter() - started < 1
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    assert (reply.status, reply.error.code) == (413, "PAYLOAD_TOO_LARGE")
    assert send(caller, b"x" * 300).status == 413, "what comes counts as well"


@pytest.mark.parametrize(
    "body", [b"not packed", packed("cut")[:-4], packed("two") + packed("more"), packed("behind") + b"x", b"\x1f\x8b"]
)
def test_what_is_broken_is_refused(caller: Client, body: bytes) -> None:
    assert (send(caller, body).status, made) == (400, [])


def test_another_coding_is_refused_and_told_what_is_taken(caller: Client) -> None:
    reply = send(caller, packed("x"), "br")
    assert (reply.status, reply.headers["Accept-Encoding"], made) == (415, "gzip, identity", [])
    assert send(caller, packed("x"), "gzip, gzip").status == 415
