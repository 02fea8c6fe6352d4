"""The whole product as one WSGI application, for tools that speak HTTP: every request is made by one caller."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from tests.support.http import Client


def wsgi(caller: Callable[[], Client]) -> Callable[..., Iterable[bytes]]:
    """Wrap the handlers; `caller` says who sends the requests."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        headers.pop("authorization", None)
        headers.pop("host", None)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode("utf-8", "replace") if length else None
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        reply = caller().send(environ["REQUEST_METHOD"], path, body, query, headers)
        sent = [(name, str(value)) for name, value in reply.headers.items() if name != "Content-Encoding"]
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", sent)
        return [reply.content]

    return application
