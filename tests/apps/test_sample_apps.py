"""The sample apps, offered as their files say and run against the product."""

import importlib.util
import io
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.table import write_many
from lyceum.model.catalog import Department
from lyceum.rules import webhook_signatures
from lyceum.rules.webhook_signatures import new_secret
from tests.apps.conftest import Outside, install, listed
from tests.courses.conftest import School
from tests.devices.conftest import COURSE, enrol_student, joined
from tests.support.http import Client
from tests.support.workers import deliver

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / name / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def offer_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / name / "app.json").read_text())
    empty = {"redirectUris": [], "scopes": [], "actsAlone": False, "webhooks": [], "pages": []}
    return {**empty, **found}


def installed(client: Client, name: str, **settings: Any) -> dict[str, Any]:
    wanted = offer_of(name)
    app = listed(client, **wanted)
    events = [event for each in wanted["webhooks"] for event in each["events"]]
    reply = install(client, app, consent={"scopes": wanted["scopes"], "events": events}, settings=settings)
    assert reply.status == 201, reply.body
    return app


def test_attendance_is_listed_by_webhook(client: Client, outside: Outside, tenant: str, tmp_path: Path) -> None:
    attendance = load("attendance")
    app = installed(client, "attendance")
    student = client.as_("student")
    enrol_student(student.user_id)
    reader = joined(client, "attendance_reader", courseId=COURSE)
    for _ in range(2):  # at the door twice, on one day
        reader.send(readings=[{"kind": "presence", "personId": student.user_id}])
        deliver(client.cloud, tenant, only="webhooks")
    assert len(outside.got) == 2
    book = attendance.AttendanceList(tmp_path / "list.csv")
    now = clock.now().timestamp()
    noted = [book.note(attendance.read(app["webhookSecret"], headers, body, now)) for _, body, headers in outside.got]
    assert noted == [True, False]
    again = attendance.AttendanceList(tmp_path / "list.csv")
    assert again.known == {(clock.iso(clock.now())[:10], COURSE, student.user_id)}


def test_attendance_takes_nothing_that_is_forged_or_old() -> None:
    attendance = load("attendance")
    body, now = b'{"type": "attendance.read"}', clock.now()
    secret, other = new_secret(), new_secret()
    headers = webhook_signatures.headers([secret], "msg_1", now, body.decode())
    assert attendance.read(secret, headers, body, now.timestamp())["id"] == "msg_1"
    for wrong in ((other, headers, body, 0), (secret, headers, body + b" ", 0), (secret, headers, body, 301)):
        with pytest.raises(attendance.NotGenuine):
            attendance.read(wrong[0], wrong[1], wrong[2], now.timestamp() + wrong[3])


def test_courses_are_written_as_a_sheet(client: Client, outside: Outside) -> None:
    sheet = load("course_sheet")
    names = [ids.new_id() for _ in range(3)]
    department = Department(
        department_id=names[0], faculty_id=names[1], university_id=names[2], name="Computing", sort_name="computing"
    )
    write_many([department])
    School(client, department.department_id).course(title="=Sets")
    app = installed(client, "course_sheet", separator=";")

    def send(method: str, path: str, headers: dict[str, str], body: bytes | None) -> dict[str, Any]:
        path, _, text = path.partition("?")
        query = dict(part.split("=") for part in text.split("&")) if text else None
        nobody = Client(client.cloud, client.tenant)
        reply = nobody.send(method, path, body.decode() if body else None, query, headers)
        assert reply.status == 200, reply.body
        found: dict[str, Any] = reply.json
        return found

    out = io.StringIO()
    count = sheet.write(sheet.Lyceum(send, app["appId"], app["clientSecret"]), out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "courseId;code;title;level;creditUnits" and len(lines) == count + 1 == 2
    assert "'=Sets" in lines[1]
    assert sheet.cell("=1+1") == "'=1+1" and sheet.cell(None) == ""
