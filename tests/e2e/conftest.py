"""The deployed stack, as clients and educators reach it: over HTTP, by presigned uploads, by AWS's own APIs."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from local.place import Place

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
                return Reply(answer.status, dict(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as refusal:
            return Reply(refusal.code, dict(refusal.headers), refusal.read().decode())

    def sign_in(self, identifier: str, password: str) -> "Remote":
        """Return a client with that person's token."""
        reply = self.post("/api/auth/login", {"identifier": identifier, "password": password})
        return replace(self, token=reply.data["accessToken"])


@dataclass
class Stack:
    """What `stack.json` says, with clients made from it."""

    place: Place
    facts: dict[str, Any]

    @property
    def api(self) -> Remote:
        """An anonymous client."""
        return Remote(self.facts["apiUrl"])

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

    def mails_about(self, note: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the mails that say what a message of the inbox says."""
        title = json.dumps(note["title"])[1:-1]
        return [mail for mail in self.sent_mails() if title in json.dumps(mail)]

    def sent_mails(self) -> list[dict[str, Any]]:
        """Return every e-mail that left through SES."""
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


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The stack that `make up` or the trial deployed."""
    home = os.environ.get("LYCEUM_HOME")
    place = Place(Path(home), int(os.environ["LYCEUM_PORT"])) if home else Place.from_environment()
    if not place.stack_file.exists():
        pytest.skip("no stack is deployed: run `make up`")
    return Stack(place, json.loads(place.stack_file.read_text()))


@pytest.fixture(scope="session")
def topics(stack: Stack) -> list[str]:
    """The demonstration topics' ids."""
    from demo.load import demo_id

    tree = json.loads((Path(__file__).parents[2] / "demo/catalogue.json").read_text())
    return [demo_id(topic["key"]) for topic in tree["topics"]]
