"""Calls go to the address that was checked, to who proves to be the host, once, and end in time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from lyceum.kit.outgoing import client as outgoing
from lyceum.kit.outgoing.client import OutgoingClient, resolve
from lyceum.kit.outgoing.errors import AddressRefused, OutgoingError, TimedOut, Unreachable, Untrusted
from lyceum.kit.settings import settings
from tests.kit.outgoing.conftest import HOST, Server, dripping, plain


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give the process other settings."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"LYCEUM_{name.upper()}", value)
        forget()

    def forget() -> None:
        settings.cache_clear()
        outgoing.client.cache_clear()

    yield change
    forget()


def test_the_host_hears_its_own_name_and_the_request(server: Server) -> None:
    server.answer = lambda handler: plain(handler, 201, b"made", X_Seen="yes")
    client = server.client()
    reply = client.call("POST", f"https://{HOST}:{server.port}/a?b=1", body=b"{}", headers={"X-Told": "so"})
    assert (reply.status, reply.is_success, reply.body, reply.is_whole) == (201, True, b"made", True)
    assert reply.headers["x-seen"] == "yes"
    asked = server.asked[0]
    assert (asked.method, asked.target, asked.body, asked.server_name) == ("POST", "/a?b=1", b"{}", HOST)
    assert (asked.headers["Host"], asked.headers["X-Told"]) == (f"{HOST}:{server.port}", "so")
    assert asked.headers["Accept-Encoding"] == "identity"


def test_the_name_is_resolved_once_and_a_later_answer_changes_nothing(server: Server) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked: list[tuple[str, int]] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return answers.pop(0)

    assert server.call(resolver=rebinding).status == 200
    assert asked == [(HOST, server.port)]


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["127.0.0.1", "10.0.0.1"],
        ["10.0.0.1", "127.0.0.1"],
        ["127.0.0.1", "fe80::1%lo"],
        ["not an address"],
    ],
)
def test_one_address_that_may_not_be_called_is_enough_to_call_nobody(server: Server, addresses: list[str]) -> None:
    with pytest.raises(AddressRefused):
        server.call(resolver=lambda _host, _port: addresses)
    assert server.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1"])
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    client = OutgoingClient(resolver=lambda _host, _port: [address])
    with pytest.raises(AddressRefused):
        client.call("GET", "https://innocent.example/")


def test_names_that_resolve_to_numbers_are_seen_through() -> None:
    assert resolve("127.1", 443) == resolve("2130706433", 443) == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["other.school.example", "school.example", "a.hooks.school.example"])
def test_who_has_another_certificate_is_not_spoken_to(server: Server, host: str) -> None:
    with pytest.raises(Untrusted):
        server.call(host=host)
    assert server.asked == []


def test_a_certificate_of_nobody_known_does_not_hold(server: Server) -> None:
    with pytest.raises(Untrusted):
        server.call(trust=None)
    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(server: Server, status: int) -> None:
    server.answer = lambda handler: plain(handler, status, b"", Location=f"https://{HOST}:{server.port}/else")
    reply = server.call()
    assert (reply.status, reply.is_success, len(server.asked)) == (status, False, 1)


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_a_failure_is_an_answer_and_is_not_tried_again(server: Server, status: int) -> None:
    server.answer = lambda handler: plain(handler, status, b"no")
    assert server.call().status == status
    assert len(server.asked) == 1


@pytest.mark.parametrize(("size", "is_whole"), [(0, True), (1000, True), (1001, False), (500_000, False)])
def test_of_a_long_answer_the_beginning_is_read(server: Server, size: int, is_whole: bool) -> None:
    server.answer = lambda handler: plain(handler, 200, b"x" * size)
    reply = server.call(most_bytes=1000)
    assert (len(reply.body), reply.is_whole) == (min(size, 1000), is_whole)


def test_what_is_compressed_is_not_unpacked(server: Server) -> None:
    server.answer = lambda handler: plain(handler, 200, b"\x1f\x8b-bomb", Content_Encoding="gzip")
    assert server.call().body == b"\x1f\x8b-bomb"


@pytest.mark.parametrize("piece", [b"X-More: yes\r\n", b"X", b"\r\nbody"], ids=["headers", "one header", "body"])
def test_who_answers_a_little_at_a_time_is_left_in_time(server: Server, piece: bytes) -> None:
    server.answer = dripping(piece)
    before = time.monotonic()
    with pytest.raises(OutgoingError) as failure:
        server.call(total_seconds=0.5)
    assert isinstance(failure.value, TimedOut)
    assert time.monotonic() - before < 8


def test_who_says_nothing_is_left_in_time(server: Server) -> None:
    release = threading.Event()
    server.answer = lambda _handler: release.wait(30)
    before = time.monotonic()
    with pytest.raises(TimedOut):
        server.call(read_seconds=0.2)
    assert time.monotonic() - before < 8
    release.set()


def test_who_never_speaks_tls_is_left_in_time(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TimedOut):
            server.client(ports=frozenset({port}), connect_seconds=9, total_seconds=0.3).call(
                "GET", f"https://{HOST}:{port}/"
            )


def test_a_name_that_is_not_found_in_time_is_given_up(server: Server) -> None:
    release = threading.Event()

    def slow(_host: str, _port: int) -> list[str]:
        release.wait(30)
        return ["127.0.0.1"]

    with pytest.raises(TimedOut):
        server.call(resolver=slow, total_seconds=0.2)
    release.set()


def test_another_address_of_the_host_is_tried_when_one_takes_no_connection(server: Server) -> None:
    assert server.call(resolver=lambda _host, _port: ["127.0.0.2", "::1", "127.0.0.1"]).status == 200
    with pytest.raises(Unreachable):
        server.call(resolver=lambda _host, _port: ["127.0.0.2", "::1"])


def test_a_host_without_an_address_is_unreachable(server: Server) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    for resolver in (unknown, lambda _host, _port: []):
        with pytest.raises(Unreachable):
            server.call(resolver=resolver)


def test_an_answer_that_is_none_is_unreachable(server: Server) -> None:
    server.answer = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    with pytest.raises(Unreachable):
        server.call()


def test_an_answer_that_is_cut_short_is_none(server: Server) -> None:
    server.answer = lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    with pytest.raises(Unreachable):
        server.call()


def test_an_answer_in_pieces_is_put_together(server: Server) -> None:
    pieces = b"2\r\nha\r\n2\r\nlf\r\n0\r\n\r\n"
    server.answer = lambda handler: handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces
    )
    assert server.call().body == b"half"


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Connection"])
def test_nobody_writes_the_clients_own_headers(server: Server, name: str) -> None:
    with pytest.raises(ValueError, match="own"):
        server.client().call("GET", f"https://{HOST}:{server.port}/", headers={name: "x"})
    with pytest.raises(ValueError, match="header"):
        server.client().call("GET", f"https://{HOST}:{server.port}/", headers={"X-A": "b\r\nHost: inside"})


@pytest.mark.parametrize(
    ("stage", "wanted", "is_called"),
    [("local", "true", True), ("local", "false", False), ("dev", "true", False), ("prod", "true", False)],
)
def test_this_machine_is_called_on_the_local_stage_when_its_settings_say_so(
    set_up: Callable[..., None], stage: str, wanted: str, is_called: bool
) -> None:
    set_up(stage=stage, outgoing_loopback=wanted)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_once, args=[listener], daemon=True)
        thread.start()
        address = f"http://localhost:{listener.getsockname()[1]}/"
        if is_called:
            assert outgoing.client().call("GET", address).body == b"here"
        else:
            with pytest.raises(AddressRefused):
                outgoing.client().call("GET", address)


def _answer_once(listener: socket.socket) -> None:
    try:
        connected, _ = listener.accept()
    except OSError:  # nobody came
        return
    with connected:
        connected.recv(4096)
        connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")


def test_the_products_own_domain_is_not_called(set_up: Callable[..., None]) -> None:
    set_up(domain="api.lyceum.test")
    with pytest.raises(AddressRefused):
        outgoing.client().read("https://school.api.lyceum.test/api/users")
