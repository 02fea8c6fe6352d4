"""Data sets as files: every row once, in every form, with progress; nothing that a spreadsheet would compute."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, write_many
from lyceum.model.assignments import GradeSheet
from lyceum.model.audit import AuditEvent
from lyceum.model.users.account import User
from tests.support import workers
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client

from functions.imports.exports import data_sets, files

PATH = "/api/admin/export"
Export = Callable[..., bytes]


@pytest.fixture
def export(client: Client, cloud: Cloud, tenant: str) -> Export:
    """Let an administrator export a data set, and return the file."""

    def go(data_set: str, form: str = "csv", **more: Any) -> bytes:
        begun = client.as_("admin").post(PATH, {"dataSet": data_set, "format": form, **more})
        assert (begun.status, begun.data["state"]) == (202, "queued")
        with within_rights():
            assert workers.deliver(cloud, tenant, rounds=12, only="imports") == 0
        job = client.as_("admin").get(f"/api/jobs/{begun.data['jobId']}").data
        assert job["state"] == "done", job
        keys = [
            each["Key"]
            for each in cloud.s3.list_objects_v2(Bucket=settings().bucket, Prefix="derived/exports/")["Contents"]
        ]
        (key,) = [each for each in keys if begun.data["jobId"] in each and "/parts/" not in each]
        body: bytes = cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read()
        return body

    return go


@pytest.fixture
def people(client: Client) -> list[str]:
    """Three accounts, one of whose names a spreadsheet would compute."""
    names = [client.as_(name, "student").user_id for name in ("ada", "bola", "chi")]
    user = User.require(user_id=names[0])
    user.first_name, user.email = "=1+1", "ada@example.com"
    Unit().replace(user).commit()
    return names


def test_accounts_are_written_once_each_however_many_pages(
    export: Export, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = data_sets.find
    monkeypatch.setattr(data_sets, "find", lambda *names, **options: original(*names, **{**options, "limit": 2}))
    rows = list(csv.DictReader(io.StringIO(export("users").decode("utf-8-sig"))))
    assert sorted(row["userId"] for row in rows if row["role"] == "student") == sorted(people)
    (ada,) = [row for row in rows if row["userId"] == people[0]]
    assert (ada["firstName"], ada["email"], ada["status"]) == ("'=1+1", "ada@example.com", "active")


def test_each_form_holds_the_same_rows(export: Export, people: list[str], tmp_path: Path) -> None:
    table = list(csv.DictReader(io.StringIO(export("users").decode("utf-8-sig"))))
    lines = [json.loads(line) for line in export("users", "jsonl").decode().splitlines()]
    assert [line["userId"] for line in lines] == [row["userId"] for row in table]
    book = tmp_path / "users.xlsx"
    book.write_bytes(export("users", "xlsx"))
    rows = read(book)
    assert [row[0] for row in rows][1:] == [row["userId"] for row in table]
    assert "=1+1" in {row[2] for row in rows}, "a text, which nothing computes"


def read(path: Path) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_grades_are_told_by_course_and_student(export: Export, people: list[str]) -> None:
    entry = {
        "kind": "assignment",
        "title": "Essay",
        "category": "homework",
        "points": "3",
        "max_points": "5",
        "at": "t",
    }
    write_many([GradeSheet(course_id="c", user_id=people[1], entries={"a": entry})])
    (row,) = csv.DictReader(io.StringIO(export("grades").decode("utf-8-sig")))
    assert (row["userId"], row["points"], row["maxPoints"], row["title"]) == (people[1], "3", "5", "Essay")
    assert list(csv.DictReader(io.StringIO(export("results").decode("utf-8-sig")))) == []


def test_the_audit_trail_is_exported_by_time_and_each_export_is_audited(
    client: Client, export: Export, clock: Clock
) -> None:
    export("users")
    clock.advance(hours=1)
    since = clock.at.isoformat()
    clock.advance(hours=1)
    rows = list(csv.DictReader(io.StringIO(export("audit", since=since).decode("utf-8-sig"))))
    assert [(row["action"], json.loads(row["after"])["data_set"]) for row in rows] == [("data.export", "audit")]
    items = client.cloud.items(client.tenant)
    acts = [AuditEvent.from_raw_data(item).action for item in items if item["kind"]["S"] == "audit_event"]
    assert acts == ["data.export"] * 2


def test_what_makes_no_sense_is_refused_and_others_may_not(client: Client) -> None:
    admin = client.as_("admin")
    assert admin.post(PATH, {"dataSet": "users", "since": "2027-01-01T00:00:00Z"}).status == 400
    assert admin.post(PATH, {"dataSet": "secrets"}).status == 400
    assert client.as_("moderator").post(PATH, {"dataSet": "users"}).status == 403


def test_a_workbook_without_rows_has_its_header(tmp_path: Path) -> None:
    with (tmp_path / "empty.xlsx").open("wb") as file:
        files.write("xlsx", ["a", "b"], [], file)
    assert read(tmp_path / "empty.xlsx") == [["a", "b"]]
