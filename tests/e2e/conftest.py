"""The deployed stack, as clients and educators reach it: over HTTP, by presigned uploads, by AWS's own APIs.

Each file of tests has a tenant of its own with the demonstration data, so that files run side by side. Schedules are
invoked, not awaited; a test that stops the stack for everybody is marked `alone`.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from demo import load
from demo.load import address_of
from local.place import Place
from lyceum.kit import clock, context, ids
from tools import check_data

T = TypeVar("T")
PATIENCE_SECONDS = 90


@dataclass
class Reply:
    """An answer over HTTP."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        assert self.status < 400, (self.status, self.text)
        return self.json["data"]


@dataclass
class Remote:
    """A client of the deployed API."""

    url: str
    token: str | None = None
    host: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("POST", path, {} if body is None else body, headers)

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.host:
            sent["Host"] = self.host
        if body is not None:
            sent["Content-Type"] = "application/json"
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(), sent, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Reply(answer.status, dict(answer.headers), answer.read().decode(errors="surrogateescape"))
        except urllib.error.HTTPError as refusal:
            return Reply(refusal.code, dict(refusal.headers), refusal.read().decode())

    def sign_in(self, identifier: str, password: str) -> "Remote":
        """Return a client with that person's token."""
        reply = self.post("/api/auth/login", {"identifier": identifier, "password": password})
        return replace(self, token=reply.data["accessToken"])


@dataclass
class Stack:
    """What `stack.json` says, seen from one tenant, with clients made from it.

    - `place`: where the stack runs.
    - `facts`: what `stack.json` says; its accounts are those of the tenant.
    - `tenant`: whose clients, items and events these are.
    """

    place: Place
    facts: dict[str, Any]
    tenant: str = context.MAIN_TENANT

    @property
    def host(self) -> str | None:
        """The name by which the tenant is called, None for the main tenant."""
        return None if self.tenant == context.MAIN_TENANT else f"{self.tenant}.localhost:{self.place.port}"

    @property
    def api(self) -> Remote:
        """An anonymous client."""
        return Remote(self.facts["apiUrl"], host=self.host)

    def as_(self, key: str) -> Remote:
        """Sign in as one of the demonstration people."""
        account = self.facts["accounts"][key]
        return self.api.sign_in(account["email"], account["password"])

    def output(self, name: str) -> str:
        """Return an output of the deployment."""
        return str(self.facts["outputs"][name])

    def aws(self, service: str) -> Any:
        """Return a client of the emulated service as the root user."""
        return self.place.client(service)

    def stored(self, partition: str, sort: str) -> dict[str, Any] | None:
        """Return an item of the tenant as storage has it."""
        key = {"PK": {"S": f"{self.tenant}|{partition}"}, "SK": {"S": sort}}
        item: dict[str, Any] | None = (
            self.aws("dynamodb").get_item(TableName=self.output("TableName"), Key=key).get("Item")
        )
        return item

    def publish(self, name: str, **detail: Any) -> str:
        """Put an event of the tenant on the bus, as any domain would; returns its id."""
        event_id = ids.new_id()
        told = {
            "eventId": event_id,
            "tenant": self.tenant,
            "actor": "test",
            "correlationId": "test",
            "at": clock.iso(clock.now()),
            **detail,
        }
        self.put_events({"Source": "lyceum", "DetailType": name, "Detail": json.dumps(told)})
        return event_id

    def put_events(self, *entries: dict[str, str]) -> None:
        """Put entries on the bus as they are."""
        named = [{**entry, "EventBusName": self.output("BusName")} for entry in entries]
        assert self.aws("events").put_events(Entries=named)["FailedEntryCount"] == 0

    def make_tenant(self, name: str) -> None:
        """Make a tenant as an operator does, unless it is there."""
        made = subprocess.run(
            [sys.executable, "-m", "tools.make_tenant", "local", name],
            env=os.environ | {"PYTHONPATH": "layers/lyceum/python:."},
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0 or "already" in made.stderr, made.stderr

    def contradictions(self) -> list[str]:
        """Look through all that the tenant stored for counters, guards and keys that do not say what they must."""
        pages = (
            self.aws("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.output("TableName"),
                FilterExpression="begins_with(PK, :tenant)",
                ExpressionAttributeValues={":tenant": {"S": f"{self.tenant}|"}},
            )
        )
        found = check_data.inspect((item for page in pages for item in page["Items"]), self.tenant)
        return [check_data.line(each) for each in found.get(self.tenant, [])]

    def run_job(self, schedule: str) -> None:
        """Do what a schedule does at its time: call its function with its input."""
        target = self.aws("scheduler").get_schedule(Name=f"lyceum-local-{schedule}")["Target"]
        answer = self.aws("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"].encode())
        assert "FunctionError" not in answer, answer["Payload"].read()

    def mails_about(self, note: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the mails to people of the tenant that say what a message of the inbox says."""
        title = json.dumps(note["title"])[1:-1]
        return [
            mail for mail in self.sent_mails() if title in json.dumps(mail) and address_of(self.tenant) in str(mail)
        ]

    def sent_mails(self) -> list[dict[str, Any]]:
        """Return every e-mail that left through SES, whoever's."""
        with urllib.request.urlopen(f"{self.place.url}/_ministack/ses/messages", timeout=30) as answer:
            return [mail for mails in json.load(answer)["messages"].values() for mail in mails]


def eventually(look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Look again until there is something; fails after a while. For what happens behind queues and schedules."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.25)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


def settled(stack: Stack, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until nothing of a tenant contradicts itself; fails after a while with what still does."""
    end = time.monotonic() + seconds
    while (found := stack.contradictions()) and time.monotonic() < end:
        time.sleep(3)
    assert found == []


@pytest.fixture(scope="session")
def main_stack() -> Stack:
    """The stack that `make up` or the trial deployed, seen from its main tenant."""
    home = os.environ.get("LYCEUM_HOME")
    place = Place(Path(home), int(os.environ["LYCEUM_PORT"])) if home else Place.from_environment()
    if not place.stack_file.exists():
        pytest.skip("no stack is deployed: run `make up`")
    return Stack(place, json.loads(place.stack_file.read_text()))


@pytest.fixture(scope="module")
def stack(main_stack: Stack, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The same stack, seen from a tenant that only this file of tests has, with the demonstration data.

    After the story no counter, guard or key contradicts what it follows from.
    """
    tenant = request.module.__name__.rpartition("test_")[2].replace("_", "-")
    main_stack.make_tenant(tenant)
    accounts = load.main({**main_stack.facts, "accounts": {}}, tenant)
    seen = Stack(main_stack.place, {**main_stack.facts, "accounts": accounts}, tenant)
    yield seen
    settled(seen)


@pytest.fixture(scope="session")
def topics() -> list[str]:
    """The demonstration topics' ids."""
    tree = json.loads((Path(__file__).parents[2] / "demo/catalogue.json").read_text())
    return [load.demo_id(topic["key"]) for topic in tree["topics"]]
