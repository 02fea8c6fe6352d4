"""Accounts from files: tried dry, written once, known again, suspended when they left; wrong rows are told by field."""

import base64
import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit.settings import settings
from lyceum.kit.table import find
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from tests.imports.formats.test_nothing_is_lost import workbook as styled_workbook
from tests.imports.workbooks import workbook
from tests.support import workers
from tests.support.acting import within_rights
from tests.support.cloud import Cloud
from tests.support.http import Client

from functions.imports.people import files
from functions.imports.syntax.limits import Unreadable

PATH = "/api/admin/import/users"
TABLE = """first_name,last_name,username,email,school_id,role,grade_level
Ada,Obi,ada.obi,ada@example.com,S1,student,9
Bola,Ade,bola,,S2,pupil,10
Grace,Eze,grace,grace@example.com,T1,teacher,
"""
Import = Callable[..., list[dict[str, str]]]


@pytest.fixture
def bring(client: Client, cloud: Cloud, tenant: str) -> Import:
    """Let an administrator import a file, and return the rows of the report."""

    def go(form: str = "csv", text: str | bytes = TABLE, **more: Any) -> list[dict[str, str]]:
        file = {"text": text} if isinstance(text, str) else {"base64": base64.b64encode(text).decode()}
        begun = client.as_("admin").post(PATH, {"format": form, **file, **more})
        assert (begun.status, begun.data["state"]) == (202, "queued")
        with within_rights():
            assert workers.deliver(cloud, tenant, rounds=12, only="imports") == 0
        job = client.as_("admin").get(f"/api/jobs/{begun.data['jobId']}").data
        assert job["state"] == "done", job
        listed = cloud.s3.list_objects_v2(Bucket=settings().bucket, Prefix="derived/exports/")["Contents"]
        (key,) = [each["Key"] for each in listed if begun.data["jobId"] in each["Key"]]
        body = cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(body)))

    return go


def outcomes(rows: list[dict[str, str]]) -> list[str]:
    return [row["outcome"] for row in rows]


def named(name: str) -> User:
    (found,) = find(LoginName, index="gsi1", name=name).items
    return User.require(user_id=found.user_id)


def test_a_dry_run_tells_and_writes_nothing(bring: Import) -> None:
    assert outcomes(bring()) == ["created"] * 3
    assert find(LoginName, index="gsi1", name="ada.obi").items == []


def test_people_are_made_once_and_known_again(client: Client, bring: Import) -> None:
    assert outcomes(bring(dryRun=False)) == ["created"] * 3
    ada, grace = named("s1"), named("grace@example.com")
    assert (ada.first_name, ada.role, ada.profile, ada.email_verified_at) == (
        "Ada",
        "student",
        {"gradeLevel": "9"},
        None,
    )
    assert (grace.role, grace.is_verified) == ("instructor", True)
    assert outcomes(bring(dryRun=False)) == ["unchanged"] * 3
    changed = TABLE.replace("Ada,Obi", "Ada,Okafor").replace("ada@example.com", "new@example.com")
    first = bring(text=changed, dryRun=False)
    assert (outcomes(first), "email" in first[0]["message"]) == (["updated", "unchanged", "unchanged"], True)
    assert (named("s1").last_name, named("s1").email) == ("Okafor", "ada@example.com")
    items = client.cloud.items(client.tenant)
    acts = [AuditEvent.from_raw_data(item).action for item in items if item["kind"]["S"] == "audit_event"]
    assert sorted(acts) == ["user.import"] * 4 + ["users.import"] * 3


def test_wrong_rows_are_told_by_row_and_field_and_the_others_are_done(bring: Import) -> None:
    more = (
        TABLE + "Eve,,eve,,,student,\nMal,Ory,mal,not an address,,student,\nAda,Two,ada.obi,,,student,\nX,Y,,,,admin,\n"
    )
    rows = bring(text=more, dryRun=False)
    wrong = {(row["row"], row["field"]) for row in rows if row["outcome"] == "wrong"}
    assert wrong >= {("5", "last_name"), ("6", "email"), ("7", "username"), ("8", "role")}
    assert outcomes(rows).count("created") == 3


def test_what_a_table_says_beside_is_named_and_no_cell_is_lost(bring: Import) -> None:
    header, first, *rest = TABLE.splitlines()
    wider = "\n".join([f"{header},House,birth_date", f"{first},Red,2010-01-01", *(f"{line},,,more" for line in rest)])
    rows = bring(text=wider)
    noted = [(row["field"], row["message"]) for row in rows if row["outcome"] == "noted"]
    assert noted == [("columns", "Not read: House, birth_date.")]
    assert [row["field"] for row in rows if row["outcome"] == "wrong"] == ["row"] * len(rest)
    assert outcomes(rows).count("created") == 1


def test_names_of_several_people_are_refused(bring: Import) -> None:
    bring(dryRun=False)
    header = TABLE.splitlines()[0]
    (row,) = bring(text=f"{header}\nAda,Obi,bola,ada@example.com,,student,\n", dryRun=False)
    assert (row["outcome"], row["field"]) == ("refused", "SEVERAL_PEOPLE")


def test_leavers_are_suspended_where_that_is_asked_for(client: Client, bring: Import) -> None:
    bring(dryRun=False)
    without = "\n".join(line for line in TABLE.splitlines() if "Bola" not in line)
    assert "suspended" not in outcomes(bring(text=without, dryRun=False))
    assert outcomes(bring(text=without, suspendLeavers=True)).count("suspended") == 1
    assert named("s2").status == "active", "a dry run"
    assert outcomes(bring(text=without, dryRun=False, suspendLeavers=True)).count("suspended") == 1
    assert (named("s2").status, named("s1").status) == ("suspended", "active")
    assert client.as_("student").get("/api/auth/me").status == 200, "nobody but those whom a file brought"


def test_a_workbook_says_the_same_as_a_table(bring: Import) -> None:
    rows: list[Any] = [line.split(",") for line in TABLE.splitlines()]
    assert outcomes(bring("xlsx", workbook(rows), dryRun=False)) == ["created"] * 3
    assert outcomes(bring(dryRun=False)) == ["unchanged"] * 3


CZECH = "first_name,last_name,username\nŽofie,Dvořáková,zofie\nJiří,Šťastný,jiri\n"


def test_the_encoding_of_a_table_is_guessed_told_and_chosen_before_anything_is_written(
    client: Client, cloud: Cloud, tenant: str, bring: Import
) -> None:
    table = CZECH.encode("cp1250")
    *people, note = bring(text=table)
    assert (outcomes(people), note["outcome"], note["field"]) == (["created", "created"], "noted", "encoding")
    assert "cp1250" in note["message"] and "Žofie,Dvořáková" in note["message"]
    coded = base64.b64encode(table).decode()
    begun = client.as_("admin").post(PATH, {"format": "csv", "base64": coded, "dryRun": False})
    assert workers.deliver(cloud, tenant, rounds=12, only="imports") == 0
    job = client.as_("admin").get(f"/api/jobs/{begun.data['jobId']}").data
    assert job["state"] == "failed" and "`encoding`" in str(job)
    assert outcomes(bring(text=table, encoding="cp1250", dryRun=False)) == ["created", "created"]
    assert named("zofie").last_name == "Dvořáková"
    assert outcomes(bring(text=CZECH.encode("utf-16"), dryRun=False)) == ["unchanged", "unchanged"]
    refused = client.as_("admin").post(PATH, {"format": "csv", "base64": coded, "encoding": "rot13"})
    assert refused.error.fields == {"encoding"} or "encoding" in str(refused.error)


def test_a_file_of_a_package_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr("users.csv", "sourcedId,givenName\nS1,Zo\xeb\n".encode("cp1252"))
    with pytest.raises(Unreadable, match=r"Line 2 of users\.csv"):
        files.read(tmp_path / "a.zip", "oneroster")


def test_a_class_that_a_spreadsheet_made_a_date_is_told(tmp_path: Path) -> None:
    names = {"A1": "first_name", "B1": "last_name", "C1": "grade_level", "A2": "Ada", "B2": "Obi"}
    texts = [f'<c r="{at}" t="inlineStr"><is><t>{name}</t></is></c>' for at, name in names.items()]
    rows = f'<row r="1">{"".join(texts[:3])}</row><row r="2">{"".join(texts[3:])}<c r="C2" s="2"><v>45414</v></c></row>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    path = styled_workbook(tmp_path / "a.xlsx", "1", 0, {"xl/worksheets/sheet1.xml": sheet})
    found = files.read(path, "xlsx")
    assert [(wrong.field, "date" in wrong.message) for wrong in found.wrong] == [("grade_level", True)]


def package(**tables: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text)
    return made.getvalue()


ORGS = "sourcedId,status,name\no1,active,North School\n"


def test_oneroster_1_1_brings_people_with_school_and_role(bring: Import) -> None:
    users = (
        "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,grades,password\n"
        'u1,active,true,"o1,o2",student,ada.obi,Ada,Obi,ada@example.com,09,Secret1-\n'
        "u2,active,true,o1,teacher,grace,Grace,Eze,,,\n"
        "u3,tobedeleted,true,o1,student,gone,Gone,One,,,\n"
    )
    manifest = "propertyName,value\noneroster.version,1.1\n"
    classes = "sourcedId,title\nc1,Physics\n"
    rows = bring("oneroster", package(manifest=manifest, users=users, orgs=ORGS, classes=classes), dryRun=False)
    assert outcomes(rows) == ["created", "created", "left out", "created"]
    assert (named("u1").profile, named("u2").role) == ({"gradeLevel": "09", "school": "North School"}, "instructor")
    leaving = users.replace("u1,active", "u1,tobedeleted")
    rows = bring("oneroster", package(manifest=manifest, users=leaving, orgs=ORGS), dryRun=False)
    assert outcomes(rows) == ["suspended", "unchanged", "left out"]


def test_oneroster_1_2_takes_the_primary_role(bring: Import) -> None:
    users = "sourcedId,status,enabledUser,username,givenName,familyName\nu1,active,TRUE,john.doe,John,Doe\n"
    roles = (
        "sourcedId,status,userSourcedId,roleType,role,orgSourcedId\n"
        "r1,active,u1,secondary,student,o1\nr2,active,u1,primary,teacher,o1\n"
    )
    manifest = "propertyName,value\noneroster.version,1.2\n"
    rows = bring("oneroster", package(manifest=manifest, users=users, roles=roles, orgs=ORGS), dryRun=False)
    assert outcomes(rows) == ["created"] and named("u1").role == "instructor"


def test_what_is_no_such_file_ends_the_job_with_a_reason_and_others_may_not(client: Client, cloud: Cloud) -> None:
    admin = client.as_("admin")
    bodies = [
        {"format": "oneroster", "base64": base64.b64encode(b"no zip").decode()},
        {"format": "oneroster", "base64": base64.b64encode(package(orgs=ORGS)).decode()},
        {"format": "csv", "text": "name\nAda\n"},
    ]
    for body in bodies:
        job_id = admin.post(PATH, body).data["jobId"]
        workers.deliver(cloud, client.tenant, rounds=4, only="imports")
        job = admin.get(f"/api/jobs/{job_id}").data
        assert (job["state"], job["error"]["code"]) == ("failed", "VALIDATION_ERROR")
    assert admin.post(PATH, {"format": "csv"}).status == 400
    assert admin.post(PATH, {"format": "xlsx", "text": "a"}).status == 400
    assert admin.post(PATH, {"format": "xlsx", "base64": "%%%%"}).status == 400
    assert client.as_("moderator").post(PATH, {"format": "csv", "text": TABLE}).status == 403
