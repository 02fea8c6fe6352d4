"""Attacks that are generated from what the product declares: every route, counter, mail and call to the outside.

Each kind of item is planted with a canary in its texts, under ids that every path names. Whoever has no business with
it then calls every route, and may neither read a canary nor change an item.
"""

import ast
import html
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import lyceum.model
from lyceum.kit import context
from lyceum.kit.http import Route
from lyceum.kit.identity import revocations
from lyceum.kit.table import Entity, Unit, write_many
from lyceum.kit.table.keys import Template
from lyceum.messages import mails
from lyceum.messages.catalogue import Wording
from lyceum.model.users.account import User
from lyceum.model.users.classes import PinCard
from tests.kit.outgoing.test_urls import INSIDE, SPECIAL
from tests.support.http import Client, Reply, apis
from tests.support.threads import at_once, status_of
from tests.users.test_erasure import CANARY, planted
from tools import build_docs

from functions.auth.credentials import login_throttle

ROOT = Path(__file__).parents[2]
TRIES = 30
OWNER = "ada"
_ULID = "01MC1ZKKM0SKPTWDKF4A3JG961"


_PLAIN = {
    "points": "1", "final_points": "1", "max_score": "1", "percent": "1", "language": "en", "time_zone": "UTC",
    "ttl": None, "expires_at": datetime(2099, 1, 1, tzinfo=UTC), "content_type": "image/webp", "difficulty": "easy",
}  # fmt: skip
"""What has to make sense for an item to be shown."""
_STATES: dict[str, dict[str, Any]] = {
    "Assessment": {"state": "draft", "mode": "practice_test", "policy": {"window": {}}, "forms": ["A"]},
    "Assignment": {"state": "draft", "category": "homework", "late_policy": {}},
    "ContentItem": {"state": "ready", "type": "image"},
    "Course": {"status": "draft", "category": "other", "level": 100},
    "Discussion": {"held": [{"rule": "k", "message": CANARY}]},
    "ExamSession": {"state": "running", "mode": "practice"},
    "HelpAnswer": {"held": [{"rule": "k", "message": CANARY}]},
    "HelpQuestion": {"held": [{"rule": "k", "message": CANARY}], "status": "open", "urgency": "medium"},
    "AnswerSheet": {"state": "running"},
    "ImportJob": {"state": "parsed", "format": "csv"},
    "Question": {"status": "pending", "type": "single"},
    "ReviewCard": {"difficulty": Decimal(5), "stability": Decimal(1)},
    "ReviewLog": {"difficulty": Decimal(5), "stability": Decimal(1)},
    "Upload": {"state": "ready", "purpose": "attachment", "reason": CANARY},
}
"""States in which an item is its owner's alone."""


@cache
def routes() -> list[Route]:
    return [route for api in apis() for route in api.routes]


def guarded() -> list[Route]:
    return [route for route in routes() if not route.access.is_anonymous]


def naming() -> list[Route]:
    """Return the routes that name something; what they take away by chance is not missed by those before them."""
    found = [route for route in guarded() if "{" in route.path]
    return sorted(found, key=lambda route: (route.method == "DELETE", route.path, route.method))


@cache
def document() -> Any:
    return json.loads(build_docs.openapi())


def example(schema: Any) -> Any:
    """Make the least value that a JSON schema of the document takes."""
    if "$ref" in schema:
        return example(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    given = schema.get("const", schema.get("default", next(iter(schema.get("enum", ())), None)))
    if given is not None:
        return given
    choices = next((schema[name] for name in ("anyOf", "oneOf", "allOf") if name in schema), [])
    return next((example(each) for each in choices if each.get("type") != "null"), None) or _of_type(schema)


def _of_type(schema: Any) -> Any:
    match schema.get("type"):
        case "object":
            required = schema.get("required", [])
            return {name: example(each) for name, each in schema.get("properties", {}).items() if name in required}
        case "array":
            return [example(schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1, 1)
        case "boolean":
            return True
        case _:
            return _text(schema)


def _text(schema: Any) -> str:
    by_format = {"email": "eve@example.org", "date-time": "2027-02-01T09:00:00Z", "date": "2027-02-01"}
    given = by_format.get(schema.get("format", "")) or ("k" if "pattern" not in schema else _ULID)
    return given.ljust(schema.get("minLength", 0), "x")


def body_of(route: Route) -> Any:
    operation = document()["paths"][route.path][route.method.lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return example(content["schema"]) if content else {}


def call(client: Client, route: Route, owner_id: str) -> Reply:
    """Call a route with the ids of what is planted and the least body that it takes."""
    path = re.sub(r"\{(\w+)\}", lambda name: owner_id if name[1] == "userId" else "k", route.path)
    return client.send(route.method, path, body_of(route) if route.method in {"POST", "PUT", "PATCH"} else None)


@pytest.fixture
def owner_id(client: Client) -> str:
    """Ada, of whose there is one item of every kind, with a canary in each text, under the id `k`."""
    ada = client.as_(OWNER, "instructor").user_id
    for module in pkgutil.walk_packages(lyceum.model.__path__, "lyceum.model."):
        importlib.import_module(module.name)
    items = [each for kind in Entity.__subclasses__() if (each := _item_of(kind, ada)) is not None]
    assert len(items) > 40
    write_many(items)
    return ada


def _item_of(kind: type[Entity], owner_id: str) -> Entity | None:
    if not kind.__module__.startswith("lyceum.model.") or not hasattr(kind, "keys") or kind is User:
        return None
    item = planted(kind, owner_id)
    for name in {*Template(kind.keys.partition).names, *Template(kind.keys.sort).names}:
        if getattr(item, name, None) is None:
            setattr(item, name, owner_id if name == "child_id" else "k")
    fillers = {"BooleanAttribute": True, "BinaryAttribute": b"x", "UnicodeSetAttribute": {CANARY}, "MapAttribute": {}}
    for name, attribute in kind.get_attributes().items():
        if name in Entity.get_attributes():
            continue
        if type(attribute).__name__ == "JSONAttribute" and callable(attribute.default):
            setattr(item, name, attribute.default())
        elif getattr(item, name) is None and not attribute.null:
            setattr(item, name, fillers.get(type(attribute).__name__, CANARY))
    for name, value in (_PLAIN | _STATES.get(kind.__name__, {})).items():
        if attribute := kind.get_attributes().get(name):
            is_number = type(attribute).__name__ == "NumberAttribute" and value is not None
            setattr(item, name, int(value) if is_number else value)
    return item


def planted_now(client: Client) -> dict[tuple[str, str], str]:
    """Return what is stored of the planted items that have an owner, by their keys."""
    found = [item for item in client.cloud.items(client.tenant) if CANARY in json.dumps(item, default=str)]
    return {(item["PK"]["S"], item["SK"]["S"]): json.dumps(item, sort_keys=True, default=str) for item in found}


def told(reply: Reply) -> bool:
    return CANARY in reply.body


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("role", ["student", "super_admin"])
def test_another_tenant_reads_and_changes_nothing(client: Client, owner_id: str, role: str) -> None:
    before = planted_now(client)
    stranger = client.of("elsewhere").as_("mallory", role)
    replies = {name_of(route): call(stranger, route, owner_id) for route in naming()}
    assert [name for name, reply in replies.items() if told(reply)] == []
    assert [name for name, reply in replies.items() if reply.status >= 500] == []
    assert planted_now(client) == before


SHARED_BY_TEACHERS = frozenset({"PUT /api/topics/{topicId}", "DELETE /api/topics/{topicId}"})
"""What every instructor may do, whoever made the thing."""


@pytest.mark.parametrize("role", ["student", "mentor", "instructor"])
def test_another_user_reads_and_changes_nothing_that_is_somebodys(client: Client, owner_id: str, role: str) -> None:
    before = planted_now(client)
    eve = client.as_("eve", role)
    attacked = [route for route in naming() if name_of(route) not in SHARED_BY_TEACHERS or role != "instructor"]
    replies = {name_of(route): call(eve, route, owner_id) for route in attacked}
    assert [name for name, reply in replies.items() if told(reply)] == []
    after = planted_now(client)
    assert [key for key in before if after.get(key) != before[key]] == []


def test_the_attacks_would_find_something(client: Client, owner_id: str) -> None:
    owner = client.as_(OWNER)
    before = planted_now(client)
    readable = [name_of(route) for route in naming() if told(call(owner, route, owner_id))]
    assert len(readable) >= 6, f"those who may read what is planted do: {readable}"
    assert len([key for key in before if planted_now(client).get(key) != before[key]]) >= 5, "and change it"


@pytest.fixture(params=["session", "version"])
def stale(client: Client, request: pytest.FixtureRequest) -> Client:
    """An administrator whose token lives on while session or rights have ended."""
    boss = client.as_("boss", "super_admin")
    assert boss.principal
    ended = (
        revocations.of_session(boss.principal.session_id)
        if request.param == "session"
        else revocations.of_older_tokens(boss.user_id, boss.principal.version + 1)
    )
    Unit().put(ended).commit()
    revocations.forget()
    return boss


def test_a_stale_token_and_that_of_a_demoted_caller_open_no_route(stale: Client) -> None:
    passing = [name_of(route) for route in guarded() if call(stale, route, stale.user_id).status != 401]
    assert passing == []


def counters() -> Iterator[tuple[str, login_throttle.Counter]]:
    """Return every counter of failed tries that there is, by the name of what makes it."""
    card = PinCard(user_id="k", class_id="k", join_code="k", issued_at=datetime(2027, 1, 11, tzinfo=UTC))
    values: dict[str, Any] = {"name": "ada", "token_hash": "k", "purpose": "password", "user_id": "k", "card": card}
    for name, make in inspect.getmembers(login_throttle, inspect.isfunction):
        if name.startswith("by_"):
            asked = inspect.signature(make).parameters
            yield name, make(*(values.get(parameter) for parameter in asked))


@pytest.mark.parametrize(("name", "counter"), list(counters()))
def test_of_many_tries_at_once_no_more_are_compared_than_are_allowed(
    tenant: str, name: str, counter: login_throttle.Counter
) -> None:
    with context.working(context.RequestContext(tenant)):
        statuses = at_once(*[lambda: status_of(lambda: login_throttle.count(counter))] * TRIES)
    assert sorted(statuses) == [200] * counter.free + [423] * (TRIES - counter.free)


EVIL = '<a href="https://evil.example">Win</a>\r\nBcc: eve@example.org'
_FIXED: dict[str, Any] = {
    "language": "en", "purpose": "verify", "kind": "security.password", "what": "email", "minutes": 10,
    "code": "123456", "ends_at": datetime(2027, 1, 11, tzinfo=UTC), "url": "https://school.example/x",
    "link": "https://school.example/x",
    "leave_url": "https://school.example/leave", "token": "token", "role": "mentor", "attachments": (),
    "wording": Wording(EVIL, EVIL), "wordings": [Wording(EVIL, EVIL)], "facts": [mails.Fact("fact.course", EVIL)],
}  # fmt: skip
"""What the product itself fills in; everything else of a mail is given by users."""


@pytest.mark.parametrize("write", [each for name, each in inspect.getmembers(mails) if name.endswith("_mail")])
def test_whatever_users_write_is_text_in_a_mail(tenant: str, write: Callable[..., dict[str, Any]]) -> None:
    asked = inspect.signature(write).parameters
    written = write(**{name: _FIXED.get(name, EVIL) for name in asked})
    page, subject = written["Body"]["Html"]["Data"], written["Subject"]["Data"]
    assert '<a href="https://evil.example"' not in page
    assert "\n" not in subject and "\r" not in subject
    shown = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert ("evil.example" in shown) == any(name in asked for name in ("name", "wording", "wordings"))


def test_nothing_reaches_out_but_by_the_one_client() -> None:
    reaching = re.compile(r"^(urllib\.request|urllib3|http\.client|socket|requests|httpx|aiohttp|smtplib|ftplib)")
    failures = []
    for path in [*ROOT.glob("functions/**/*.py"), *ROOT.glob("layers/lyceum/python/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            failures += [f"{path.relative_to(ROOT)}: {name}" for name in names if reaching.match(name)]
    assert [each for each in failures if "/kit/outgoing/" not in each] == []


def _as_host(address: str) -> str:
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


@pytest.mark.parametrize("host", sorted({*INSIDE, *map(_as_host, SPECIAL)}))
def test_no_address_of_the_inside_becomes_a_push_endpoint(client: Client, host: str) -> None:
    keys = {"p256dh": "B" * 87, "auth": "A" * 22}
    wanted = {"platform": "web", "subscription": {"endpoint": f"https://{host}/push", "keys": keys}}
    assert client.as_("student").post("/api/devices", wanted).status in {400, 422}
