"""A caller: turns method, path and body into a gateway event and reads the answer's envelope."""

import base64
import gzip
import importlib
import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from lyceum.kit import clock, context, ids
from lyceum.kit.http import Api, Route, exchange
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.table import Unit
from lyceum.model.auth import Session
from lyceum.model.users.account import User
from tests.api import acts, recording
from tests.support import tenancy
from tests.support.acting import acting
from tests.support.cloud import Cloud
from tests.support.tokens import access_token
from tools.declared import http_modules


@cache
def _apis_by_module() -> dict[str, Api]:
    return {name: importlib.import_module(name).api for name in http_modules()}


def apis() -> list[Api]:
    """Import every HTTP module of the product and return its `api`."""
    return list(_apis_by_module().values())


def _module_of(api: Api) -> str:
    return next((name for name, each in _apis_by_module().items() if each is api), "probe")


@cache
def _routes() -> list[tuple[re.Pattern[str], Route, Api]]:
    found = [(route, api) for api in apis() for route in api.routes]
    found.sort(key=lambda pair: pair[0].path.count("{"))
    return [
        (
            route.pattern
            or re.compile(re.sub(r"\{\w+\}", "[^/]+", re.escape(route.path).replace(r"\{", "{").replace(r"\}", "}"))),
            route,
            api,
        )
        for route, api in found
    ]


def _matching(path: str) -> list[tuple[Route, Api]]:
    return [(route, api) for pattern, route, api in _routes() if pattern.fullmatch(path)]


def _api_for(method: str, path: str) -> Api:
    matching = _matching(path)
    for route, api in matching:
        if route.method == method:
            return api
    return matching[0][1] if matching else _apis_by_module()["functions.system.http"]


@dataclass
class Problem:
    """The error part of an envelope."""

    code: str
    message: str
    details: list[dict[str, str]]

    @property
    def fields(self) -> set[str]:
        """What the details name: the rule that refused or, where there is none, the field."""
        return {detail.get("code") or detail.get("field", "") for detail in self.details}


@dataclass
class Reply:
    """An answer as the caller gets it, unpacked."""

    status: int
    headers: dict[str, str]
    body: str
    cookies: list[str] = field(default_factory=list)
    cost: context.Usage = field(default_factory=context.Usage)

    @property
    def content(self) -> bytes:
        """The body of an answer that is no text."""
        return self.body.encode(errors="surrogateescape")

    @property
    def json(self) -> Any:
        """The whole body."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """The data of a success; fails with the answer when it was none."""
        assert self.status < 400, (self.status, self.body)
        return self.json["data"]

    @property
    def pagination(self) -> Any:
        """Where the page stands."""
        return self.json["pagination"]

    @property
    def error(self) -> Problem:
        """The error of a refusal; fails with the answer when it was none."""
        assert self.status >= 400, (self.status, self.body)
        shown = self.json["error"]
        return Problem(shown["code"], shown["message"], shown.get("details", []))


@dataclass
class Client:
    """A caller of the product: anonymous, or somebody made by `as_`."""

    cloud: Cloud
    tenant: str
    principal: Principal | None = None
    address: str = "203.0.113.7"
    people: dict[str, Principal] = field(default_factory=dict)

    def as_(self, name: str, role: str | None = None) -> "Client":
        """Become a user of a role; `as_("student")` is the same person each time, `as_("eve", "student")` another."""
        if name not in self.people:
            self.people[name] = _sign_up(self.tenant, name, Role(role or name))
        return replace(self, principal=self.people[name])

    def of(self, tenant: str) -> "Client":
        """Turn to another tenant, which is made for it, as nobody yet."""
        tenancy.make(tenant)
        return Client(self.cloud, tenant)

    @property
    def user_id(self) -> str:
        """The caller's own id."""
        assert self.principal is not None
        return self.principal.user_id

    def prove(self) -> "Client":
        """Confirm again to be the one, as `POST /api/auth/confirm` does; returns the caller."""
        assert self.principal is not None
        session = Session.at(user_id=self.user_id, session_id=self.principal.session_id)
        with context.working(context.RequestContext(tenant=self.tenant, actor="test")):
            Unit().change(session, Session.proved_at.set(clock.now())).commit()
        return self

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Reply:
        """Send a GET."""
        return self.send("GET", path, None, query, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """Send a POST; header names are written with underscores."""
        return self.send("POST", path, body, None, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        """Send a PUT."""
        return self.send("PUT", path, body, None, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Reply:
        """Send a PATCH."""
        return self.send("PATCH", path, body, None, headers)

    def delete(self, path: str, **headers: str) -> Reply:
        """Send a DELETE."""
        return self.send("DELETE", path, None, None, headers)

    def event(
        self, method: str, path: str, body: Any, query: dict[str, Any] | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        """Build the gateway's event (payload format 2.0); bytes are sent as they are, as a gateway hands them over."""
        sent = {
            "host": f"{self.tenant}.localhost",
            **{name.replace("_", "-").lower(): value for name, value in headers.items()},
        }
        is_binary = isinstance(body, bytes)
        text = base64.b64encode(body).decode() if is_binary else body
        text = text if isinstance(text, str) or text is None else json.dumps(text)
        if text is not None:
            sent.setdefault("content-type", "application/json")
        request: dict[str, Any] = {
            "requestId": ids.new_id(),
            "http": {"method": method, "path": path, "sourceIp": self.address},
            "stage": "$default",
        }
        if self.principal:
            sent.setdefault("authorization", f"Bearer {access_token(self.principal)}")
        flat = {name: str(value) for name, value in (query or {}).items()}
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": urlencode(flat),
            "headers": sent,
            "queryStringParameters": flat or None,
            "requestContext": request,
            "body": text,
            "isBase64Encoded": is_binary,
        }

    def call(self, route: Route) -> Reply:
        """Call a route with well-formed ids of things that do not exist and, where one is taken, an empty body."""
        path = re.sub(r"\{(\w+)\+?\}", lambda _: ids.new_id(), route.path)
        return self.send(route.method, path, {} if route.method in {"POST", "PUT", "PATCH"} else None)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send a request through the handler of its domain."""
        event = self.event(method, path, body, query, headers or {})
        api = _api_for(method, path)
        with acting(_module_of(api)), acts.writes_of_a_call() as written:
            answer = api.handler(event, LAMBDA)
        route = next((each for each, _ in _matching(path) if each.method == method), None)
        if route is not None:
            acts.judge(route, written)
        text = answer.get("body") or ""
        if answer.get("isBase64Encoded"):
            raw = base64.b64decode(text)
            is_packed = answer["headers"].get("Content-Encoding") == "gzip"
            text = (gzip.decompress(raw) if is_packed else raw).decode(errors="surrogateescape")
        if answer["statusCode"] < 300 and "fields" not in (query or {}) and not isinstance(body, bytes):
            recording.note(route, body, text)
        return Reply(
            answer["statusCode"], answer["headers"], text, answer.get("cookies", []), exchange.current().context.usage
        )


class LambdaContext:
    """What a Lambda is told about itself."""

    function_name = "test"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:test"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Milliseconds until the function would be stopped."""
        return 10_000


LAMBDA = LambdaContext()


def _sign_up(tenant: str, name: str, role: Role) -> Principal:
    now = clock.now()
    user_id, session_id = ids.new_id(), ids.new_id()
    user = User(
        user_id=user_id,
        email=f"{name}@example.com",
        email_verified_at=now,
        username=name,
        first_name=name.title(),
        last_name="Test",
        role=role.value,
        is_verified=True,
    )
    session = Session(user_id=user_id, session_id=session_id, last_seen_at=now, expires_at=now, proved_at=now)
    with context.working(context.RequestContext(tenant=tenant, actor="test")):
        Unit().create(user).create(session).commit()
    return Principal(user_id, tenant, role, "free", session_id)
