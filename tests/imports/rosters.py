"""A school's roster, as a package of CSV files and as a system tells it over REST."""

import base64
import csv
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lyceum.kit.outgoing import urls
from lyceum.kit.outgoing.client import Reply
from lyceum.kit.outgoing.errors import Unreachable
from lyceum.kit.settings import settings
from tests.support import workers
from tests.support.acting import within_rights
from tests.support.http import Client

ROOT = "/ims/oneroster/rostering/v1p2"
TABLES: dict[str, list[dict[str, str]]] = {
    "manifest": [{"propertyName": "oneroster.version", "value": "1.1"}],
    "orgs": [{"sourcedId": "o1", "name": "North School", "type": "school"}],
    "academicSessions": [
        {"sourcedId": "t1", "title": "Term 1", "type": "term", "startDate": "2026-09-01", "endDate": "2026-12-18"}
    ],
    "users": [
        {"sourcedId": "u1", "role": "student", "username": "ada.obi", "givenName": "Ada", "familyName": "Obi"},
        {"sourcedId": "u2", "role": "student", "username": "bola", "givenName": "Bola", "familyName": "Ade"},
        {"sourcedId": "p1", "role": "teacher", "username": "grace", "givenName": "Grace", "familyName": "Eze"},
    ],
    "classes": [
        {"sourcedId": "c1", "title": "Physics", "schoolSourcedId": "o1", "termSourcedIds": "t1"},
        {"sourcedId": "c2", "title": "History", "schoolSourcedId": "o1", "termSourcedIds": "t1"},
    ],
    "enrollments": [
        {"sourcedId": "e1", "classSourcedId": "c1", "userSourcedId": "u1", "role": "student"},
        {"sourcedId": "e2", "classSourcedId": "c1", "userSourcedId": "u2", "role": "student"},
        {"sourcedId": "e3", "classSourcedId": "c1", "userSourcedId": "p1", "role": "teacher", "primary": "true"},
    ],
}
"""What the school says; rows lack `status`, which is then active."""


def tables(**changed: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Return the school's tables, some of them others."""
    return {**TABLES, **changed}


def package(told: dict[str, list[dict[str, str]]]) -> bytes:
    """Write tables as a zip of CSV files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, rows in told.items():
            text = io.StringIO()
            columns = list(dict.fromkeys(column for row in rows for column in row)) or ["sourcedId"]
            writer = csv.DictWriter(text, columns)
            writer.writeheader()
            writer.writerows(rows)
            archive.writestr(f"{name}.csv", text.getvalue())
    return made.getvalue()


@dataclass
class Provider:
    """A system that tells its roster by OneRoster 1.2, in place of the network; `since` notes filters."""

    told: dict[str, list[dict[str, str]]]
    since: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failures: list[int | None] = field(default_factory=list)
    most_bytes: int = 0

    def read(self, address: str) -> urls.Url:
        """Read an address as the safe client does."""
        return urls.parse(address)

    def call(self, method: str, address: str, *, body: bytes | None, headers: dict[str, str]) -> Reply:
        """Answer one request."""
        self.asked.append(f"{method} {address}")
        status = self.failures.pop(0) if self.failures else 200
        if status is None:
            raise Unreachable("nobody there")
        if status != 200:
            return Reply(status, {}, b"", is_whole=True)
        if method == "POST":
            pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
            assert pair == "lyceum:of-the-school" and b"grant_type=client_credentials" in (body or b"")
            return self._answer({"access_token": "tok-en", "token_type": "bearer"})
        assert headers["Authorization"] == "Bearer tok-en"
        parts = urlsplit(address)
        query, table = parse_qs(parts.query), parts.path.removeprefix(f"{ROOT}/")
        self.since += query.get("filter", [])
        start, most = int(query["offset"][0]), int(query["limit"][0])
        rows = [as_object(table, row) for row in self.told.get(table, [])]
        return self._answer({table: rows[start : start + most]})

    def _answer(self, value: Any) -> Reply:
        return Reply(200, {"content-type": "application/json"}, json.dumps(value).encode(), is_whole=True)


def as_object(table: str, row: dict[str, str]) -> dict[str, Any]:
    """Write a row as the REST binding has it."""
    told: dict[str, Any] = {"status": "active", **row}
    for column, name in (("classSourcedId", "class"), ("userSourcedId", "user"), ("schoolSourcedId", "school")):
        if column in told:
            told[name] = {"sourcedId": told.pop(column), "type": name}
    if "termSourcedIds" in told:
        told["terms"] = [{"sourcedId": each, "type": "academicSession"} for each in [told.pop("termSourcedIds")]]
    if table == "users":
        told["roles"] = [{"roleType": "primary", "role": told.pop("role"), "org": {"sourcedId": "o1"}}]
        told["enabledUser"] = True
    return told


def report_of(client: Client, begun: dict[str, Any]) -> list[dict[str, str]]:
    """Let a job run to its end and return the rows of its report."""
    with within_rights():
        assert workers.deliver(client.cloud, client.tenant, rounds=20, only="imports") == 0
    job = client.as_("admin").get(f"/api/jobs/{begun['jobId']}").data
    assert job["state"] == "done", job
    listed = client.cloud.s3.list_objects_v2(Bucket=settings().bucket, Prefix="derived/exports/")["Contents"]
    (key,) = [each["Key"] for each in listed if begun["jobId"] in each["Key"]]
    body = client.cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read().decode()
    return list(csv.DictReader(io.StringIO(body)))
