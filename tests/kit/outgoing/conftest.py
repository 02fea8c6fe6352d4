"""A host of the internet on this machine: a server with TLS and a certificate of an authority of its own."""

import datetime as dt
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lyceum.kit.outgoing.client import OutgoingClient, Reply

HOST = "hooks.school.example"


@dataclass
class Asked:
    """A request as the server saw it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    server_name: str | None


@dataclass
class Server:
    """A host that notes what it is asked and answers as `answer` writes."""

    port: int
    trust: ssl.SSLContext
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Any], None] = lambda handler: plain(handler, 200, b"ok")

    def client(self, **options: Any) -> OutgoingClient:
        """Return a client for which the host's name leads here, and this machine is the internet."""
        usual: dict[str, Any] = {
            "ports": frozenset({self.port}),
            "resolver": lambda _host, _port: ["127.0.0.1"],
            "admits": lambda address: address.is_loopback,
            "trust": self.trust,
            "connect_seconds": 10,
            "read_seconds": 10,
            "total_seconds": 20,
        }
        return OutgoingClient(**(usual | options))

    def call(self, target: str = "/", *, host: str = HOST, **options: Any) -> Reply:
        """Send a request to the host."""
        return self.client(**options).call("POST", f"https://{host}:{self.port}{target}", body=b"{}")


def plain(handler: Any, status: int, body: bytes, **headers: str) -> None:
    """Answer with a body."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def dripping(piece: bytes) -> Callable[[Any], None]:
    """Answer with a piece a moment, without end."""

    def drip(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(400):
            handler.wfile.write(piece)
            time.sleep(0.05)

    return drip


@cache
def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate("Tests", key, None)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(issuer[0] if issuer else key, hashes.SHA256())


def _serving_context(folder: Path, names: list[str | None]) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    file = folder / "host.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + _certificate(HOST, key, _authority()).public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = lambda _socket, name, _context: names.append(name)  # type: ignore[assignment, return-value]
    return context


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The host, for the length of a test."""
    names: list[str | None] = []
    trust = ssl.create_default_context(cadata=_authority()[1].public_bytes(Encoding.PEM).decode())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name = names[-1] if names else None
            host.asked.append(Asked(self.command, self.path, dict(self.headers), body, name))
            host.answer(self)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - the names that the base looks for

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Callers may leave."""

    listener = Quiet(("127.0.0.1", 0), Handler)
    listener.socket = _serving_context(tmp_path, names).wrap_socket(listener.socket, server_side=True)
    host = Server(listener.server_address[1], trust)
    thread = threading.Thread(target=listener.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield host
    listener.shutdown()
    listener.server_close()
    thread.join(5)
