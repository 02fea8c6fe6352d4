"""A sample app: the courses of an organisation as a sheet (CSV), which it reads by itself with its client's secret.

Run it with the path of a JSON file: `url`, `appId` and `clientSecret`, which is shown when the app is offered.
"""

import base64
import csv
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlencode
from urllib.request import Request, urlopen

COLUMNS = ("courseId", "code", "title", "level", "creditUnits")
Send = Callable[[str, str, dict[str, str], bytes | None], dict[str, Any]]
"""Sends a request (method, path, headers, body) and returns the JSON of its answer."""


@dataclass
class Lyceum:
    """An organisation that has this app installed."""

    send: Send
    app_id: str
    secret: str

    def settings(self) -> dict[str, Any]:
        """Read what an administrator set."""
        found: dict[str, Any] = self.send("GET", f"/api/apps/{self.app_id}/settings", self._proof(), None)["data"]
        return dict(found["settings"])

    def courses(self) -> Iterator[dict[str, Any]]:
        """Read the courses, page after page."""
        form = urlencode({"grant_type": "client_credentials"}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        token = self.send("POST", "/api/oauth/token", {**self._proof(), **kind}, form)["access_token"]
        cursor: str | None = None
        while True:
            query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
            page = self.send("GET", f"/api/courses?{urlencode(query)}", {"authorization": f"Bearer {token}"}, None)
            yield from page["data"]
            cursor = page["pagination"].get("nextCursor")
            if cursor is None:
                return

    def _proof(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.app_id}:{self.secret}".encode()).decode()
        return {"authorization": f"Basic {pair}"}


def cell(value: Any) -> str:
    """Write a value so that no program takes it for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def write(lyceum: Lyceum, out: TextIO) -> int:
    """Write the sheet, and return how many courses are in it."""
    writer = csv.writer(out, delimiter=lyceum.settings().get("separator", ","))
    writer.writerow(COLUMNS)
    count = 0
    for course in lyceum.courses():
        writer.writerow([cell(course.get(column)) for column in COLUMNS])
        count += 1
    return count


def over_http(base_url: str) -> Send:
    """Return what sends requests to an address."""

    def send(method: str, path: str, headers: dict[str, str], body: bytes | None) -> dict[str, Any]:
        with urlopen(Request(base_url + path, data=body, headers=headers, method=method), timeout=30) as answer:  # noqa: S310 - the operator's own address
            found: dict[str, Any] = json.load(answer)
            return found

    return send


if __name__ == "__main__":
    own = json.loads(Path(sys.argv[1]).read_text())
    write(Lyceum(over_http(own["url"]), own["appId"], own["clientSecret"]), sys.stdout)
