"""Jobs: how a file comes in, who may see it, what is refused, what it costs."""

import base64
from typing import Any

import pytest

from infra.functions import FUNCTIONS, families
from lyceum.kit import ids
from lyceum.kit.settings import settings
from tests.imports.conftest import OPEN, TABLE, Desk
from tests.imports.workbooks import workbook
from tests.support.acting import recorded
from tests.support.workers import deliver


def test_a_large_file_gets_a_form_that_storage_enforces(desk: Desk) -> None:
    table = TABLE.ljust(1_200_000, "\n")
    slot = desk.open(None, sizeBytes=len(table))
    assert (slot.status, slot.data["state"]) == (201, "waiting")
    form, job = slot.data["upload"], desk.stored(slot.data["jobId"])
    assert (
        form["fields"]["key"]
        == job.key
        == f"imports/{desk.client.tenant}/{desk.moderator.user_id}/{job.job_id}/original"
    )
    assert b'["content-length-range", 1200000, 1200000]' in base64.b64decode(form["fields"]["policy"])
    assert job.ttl
    desk.client.cloud.s3.put_object(Bucket=settings().bucket, Key=job.key, Body=table.encode())
    assert desk.arrive(job.job_id) == []
    shown = desk.shown(job.job_id)
    assert (shown["state"], shown["sizeBytes"]) == ("parsed", len(table)) and "upload" not in shown
    assert desk.stored(job.job_id).ttl is None


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bytes_come_in_base64(desk: Desk, kind: str) -> None:
    body = TABLE.encode() if kind == "csv" else workbook([["stem", "correct"], ["Is it so?", "true"]])
    job_id = desk.parsed(None, kind, base64=base64.b64encode(body).decode())
    assert desk.shown(job_id)["rows"]["ready"] >= 1


@pytest.mark.parametrize("text", ["not base64!", "\u00d6\u00d6\u00d6\u00d6", "abc"])
def test_what_is_no_base64_is_refused_by_its_name(desk: Desk, text: str) -> None:
    reply = desk.open(None, kind="xlsx", base64=text)
    assert (reply.status, reply.error.fields) == (400, {"base64"})


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"text": None}, ""), ({"sizeBytes": 5}, ""), ({"format": "xlsx"}, ""),
        ({"text": None, "base64": "%%%%"}, "base64"), ({"text": None, "sizeBytes": 60 * 1024 * 1024}, "sizeBytes"),
        ({"fileName": "../x"}, "fileName"), ({"format": "docx"}, "format"), ({"columns": {"stem": ""}}, "columns.stem"),
        ({"defaults": {"marks": 0}}, "defaults.marks"), ({"surprise": 1}, "surprise"),
    ],
)  # fmt: skip
def test_a_request_that_is_wrong_is_refused_by_field(desk: Desk, asked: dict[str, Any], field: str) -> None:
    refused = desk.open(**asked)
    assert (refused.status, refused.error.fields) == (400, {field})


def test_more_than_a_mebibyte_inside_a_request_is_refused(desk: Desk) -> None:
    assert desk.open("é" * (600 * 1024)).status == 413
    assert desk.open("x" * (1024 * 1024 + 1)).status == 400


@pytest.mark.parametrize("name", ["topicId", "courseId"])
def test_a_topic_or_course_that_is_not_there_is_refused_at_once(desk: Desk, name: str) -> None:
    assert desk.open(defaults={name: ids.new_id()}).status == 404


def test_a_file_that_is_not_read_yet_has_no_rows(desk: Desk) -> None:
    job_id = desk.open().data["jobId"]
    for part in ("/preview", "/errors"):
        refused = desk.moderator.get(desk.path(job_id, part))
        assert (refused.status, refused.error.code) == (409, "NOT_PARSED")
    assert desk.confirm(job_id).error.code == "NOT_PARSED"


def test_the_same_key_opens_one_import(desk: Desk) -> None:
    asked = {"format": "csv", "fileName": "q.csv", "text": TABLE, "defaults": {"topicId": desk.topic_id}}
    first, second = (desk.moderator.post(OPEN, asked, idempotency_key="k1").data["jobId"] for _ in range(2))
    assert first == second


def test_another_tenants_moderator_sees_nothing(desk: Desk) -> None:
    job_id = desk.parsed()
    with desk.client.cloud.new_tenant() as elsewhere:
        stranger = desk.client.of(elsewhere).as_("moderator")
        for part in ("", "/preview", "/errors"):
            assert stranger.get(desk.path(job_id, part)).status == 404
        assert desk.confirm(job_id, stranger).status == 404
        assert stranger.get("/api/admin/import/history").data == []


def test_another_moderator_of_the_tenant_sees_it(desk: Desk) -> None:
    job_id = desk.parsed()
    assert desk.client.as_("second", "moderator").get(desk.path(job_id)).data["state"] == "parsed"


def test_the_preview_is_read_page_by_page(desk: Desk) -> None:
    job_id = desk.parsed("stem,correct\n" + "".join(f"Is {number} even?,{number % 2 == 0}\n" for number in range(560)))
    seen, cursor = [], None
    while True:
        page = desk.moderator.get(
            desk.path(job_id, "/preview"), {"limit": 100, **({"cursor": cursor} if cursor else {})}
        )
        seen += [row["row"] for row in page.data]
        cursor = page.pagination.get("nextCursor")
        if cursor is None:
            break
    assert seen == list(range(2, 562))
    assert page.pagination["total"] == 560
    assert desk.moderator.get(desk.path(job_id, "/errors"), {"cursor": "eyJyb3ciOiAiMSJ9"}).status == 400


def test_errors_come_with_the_original_row_as_json_and_as_csv(desk: Desk) -> None:
    job_id = desk.parsed('stem,a,b,correct\n"=1+1, or not?",x,"@y",z\nGood?,x,y,a\n')
    (error,) = desk.moderator.get(desk.path(job_id, "/errors")).data
    assert (error["row"], error["original"]) == (2, ["=1+1, or not?", "x", "@y", "z"])
    report = desk.moderator.get(desk.path(job_id, "/errors"), {"format": "csv"})
    assert (report.status, report.headers["Content-Type"]) == (200, "text/csv")
    assert report.headers["Content-Disposition"] == f'attachment; filename="errors-{job_id}.csv"'
    header, row = report.body.splitlines()
    assert header == "\ufeffrow,errors,stem,a,b,correct"
    assert row.startswith("2,") and row.endswith(""","'=1+1, or not?",x,'@y,z""")
    again = desk.rows(desk.parsed(report.body.replace(",z", ",a")))
    assert [(each["outcome"], each["question"]["stem"], each["question"]["options"][1]["text"]) for each in again] == [
        ("create", "=1+1, or not?", "@y")
    ]


def test_a_report_that_no_answer_can_hold_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.imports import reports

    monkeypatch.setattr(reports, "_MOST_REPORT_BYTES", 50)
    job_id = desk.parsed()
    assert desk.moderator.get(desk.path(job_id, "/errors"), {"format": "csv"}).status == 413


def test_rows_that_are_no_longer_kept_are_gone(desk: Desk) -> None:
    job_id = desk.parsed()
    desk.client.cloud.s3.delete_object(
        Bucket=settings().bucket, Key=f"{desk.stored(job_id).rows_prefix}/rows-0000.jsonl"
    )
    assert desk.moderator.get(desk.path(job_id, "/preview")).status == 410


def test_history_lists_the_newest_first_and_by_state(desk: Desk) -> None:
    first, second = desk.parsed(), desk.open().data["jobId"]
    assert [job["jobId"] for job in desk.moderator.get("/api/admin/import/history").data] == [second, first]
    assert [job["jobId"] for job in desk.moderator.get("/api/admin/import/history", {"state": "parsed"}).data] == [
        first
    ]
    page = desk.moderator.get("/api/admin/import/history", {"limit": 1})
    assert page.pagination["hasNext"]


def test_the_template_is_a_table(desk: Desk) -> None:
    template = desk.moderator.get("/api/admin/import/template")
    assert (template.status, template.headers["Content-Type"]) == (200, "text/csv")
    rows = desk.rows(desk.parsed(template.body))
    assert [(row["outcome"], row["problems"]) for row in rows] == [("create", [])] * 10


def test_what_the_endpoints_cost(desk: Desk) -> None:
    opened = desk.open()
    assert opened.cost.operations[-1] == "PutItem" and opened.cost.operations[:-1] == ["UpdateItem", "GetItem"]
    job_id = desk.parsed()
    for part in ("", "/preview", "/errors"):
        assert desk.moderator.get(desk.path(job_id, part)).cost.operations == ["GetItem"]
    assert desk.moderator.get("/api/admin/import/history").cost.operations == ["Query"]
    assert desk.confirm(job_id).cost.operations == ["GetItem", "UpdateItem"]


def test_roles_allow_what_the_workers_do(desk: Desk) -> None:
    rows = {function.entry: function for function in FUNCTIONS}
    with recorded() as touches:
        job_id = desk.parsed(defaults={"topicId": desk.topic_id, "courseId": desk.course_id})
        for part in ("", "/preview", "/errors"):
            desk.moderator.get(desk.path(job_id, part))
        desk.moderator.get("/api/admin/import/history")
        desk.confirm(job_id, desk.client.as_("second", "moderator"), approve=True)
        desk.run(job_id)
        assert deliver(desk.client.cloud, desk.client.tenant) == 0
        desk.parsed(
            f"stem,correct,topic\nWhich gas do plants take in?,true,{desk.topic_id}\nNew?,true,Plants\n",
            defaults={"courseId": desk.course_id},
        )
    own = {touch for touch in touches if touch.function.startswith("functions.imports.")}
    assert {touch.function for touch in own} == {
        "functions.imports.http",
        "functions.imports.events.parse",
        "functions.imports.events.write",
        "functions.imports.events.fingerprints",
    }
    assert [touch for touch in own if touch.family not in families(rows[touch.function], writes=touch.is_write)] == []


@pytest.mark.parametrize(
    ("limit", "most", "reason"),
    [("MOST_ROWS", 2, "2 rows"), ("MOST_TOPICS", 0, "0 topics"), ("_MOST_SECONDS", -1, "too long")],
)
def test_a_file_over_a_limit_fails_with_the_reason(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, reason: str
) -> None:
    from functions.imports.events import parse

    monkeypatch.setattr(parse, limit, most)
    shown = desk.shown(desk.parsed())
    assert shown["state"] == "failed" and reason in shown["reason"]


def test_a_file_that_was_removed_fails_the_import(desk: Desk) -> None:
    job_id = desk.open(None, sizeBytes=10).data["jobId"]
    assert desk.arrive(job_id) == []
    assert desk.shown(job_id)["reason"] == "The file was removed before it could be read."
