"""Jobs: how a file comes in, who may see it, what is refused, what it costs."""

import base64
from typing import Any

import pytest

from infra.functions import FUNCTIONS, families
from lyceum.kit import ids
from lyceum.kit.settings import settings
from tests.imports.conftest import OPEN, TABLE, Importer
from tests.imports.workbooks import workbook
from tests.support.acting import recorded
from tests.support.workers import deliver


def test_a_large_file_gets_a_form_that_storage_enforces(importer: Importer) -> None:
    table = TABLE.ljust(1_200_000, "\n")
    slot = importer.open(None, sizeBytes=len(table))
    assert (slot.status, slot.data["state"]) == (201, "waiting")
    form, job = slot.data["upload"], importer.stored(slot.data["jobId"])
    assert (
        form["fields"]["key"]
        == job.key
        == f"imports/{importer.client.tenant}/{importer.moderator.user_id}/{job.job_id}/original"
    )
    assert b'["content-length-range", 1200000, 1200000]' in base64.b64decode(form["fields"]["policy"])
    assert job.ttl
    importer.client.cloud.s3.put_object(Bucket=settings().bucket, Key=job.key, Body=table.encode())
    assert importer.arrive(job.job_id) == []
    shown = importer.shown(job.job_id)
    assert (shown["state"], shown["sizeBytes"]) == ("parsed", len(table)) and "upload" not in shown
    assert importer.stored(job.job_id).ttl is None


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bytes_come_in_base64(importer: Importer, kind: str) -> None:
    body = TABLE.encode() if kind == "csv" else workbook([["stem", "correct"], ["Is it so?", "true"]])
    job_id = importer.parsed(None, kind, base64=base64.b64encode(body).decode())
    assert importer.shown(job_id)["rows"]["ready"] >= 1


@pytest.mark.parametrize("text", ["not base64!", "\u00d6\u00d6\u00d6\u00d6", "abc"])
def test_what_is_no_base64_is_refused_by_its_name(importer: Importer, text: str) -> None:
    reply = importer.open(None, kind="xlsx", base64=text)
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
def test_a_request_that_is_wrong_is_refused_by_field(importer: Importer, asked: dict[str, Any], field: str) -> None:
    refused = importer.open(**asked)
    assert (refused.status, refused.error.fields) == (400, {field})


def test_more_than_a_mebibyte_inside_a_request_is_refused(importer: Importer) -> None:
    assert importer.open("é" * (600 * 1024)).status == 413
    assert importer.open("x" * (1024 * 1024 + 1)).status == 400


@pytest.mark.parametrize("name", ["topicId", "courseId"])
def test_a_topic_or_course_that_is_not_there_is_refused_at_once(importer: Importer, name: str) -> None:
    assert importer.open(defaults={name: ids.new_id()}).status == 404


def test_a_file_that_is_not_read_yet_has_no_rows(importer: Importer) -> None:
    job_id = importer.open().data["jobId"]
    for part in ("/preview", "/errors"):
        refused = importer.moderator.get(importer.path(job_id, part))
        assert (refused.status, refused.error.code) == (409, "NOT_PARSED")
    assert importer.confirm(job_id).error.code == "NOT_PARSED"


def test_the_same_key_opens_one_import(importer: Importer) -> None:
    asked = {"format": "csv", "fileName": "q.csv", "text": TABLE, "defaults": {"topicId": importer.topic_id}}
    first, second = (importer.moderator.post(OPEN, asked, idempotency_key="k1").data["jobId"] for _ in range(2))
    assert first == second


def test_another_tenants_moderator_sees_nothing(importer: Importer) -> None:
    job_id = importer.parsed()
    with importer.client.cloud.new_tenant() as elsewhere:
        stranger = importer.client.of(elsewhere).as_("moderator")
        for part in ("", "/preview", "/errors"):
            assert stranger.get(importer.path(job_id, part)).status == 404
        assert importer.confirm(job_id, stranger).status == 404
        assert stranger.get("/api/admin/import/history").data == []


def test_another_moderator_of_the_tenant_sees_it(importer: Importer) -> None:
    job_id = importer.parsed()
    assert importer.client.as_("second", "moderator").get(importer.path(job_id)).data["state"] == "parsed"


def test_the_preview_is_read_page_by_page(importer: Importer) -> None:
    job_id = importer.parsed(
        "stem,correct\n" + "".join(f"Is {number} even?,{number % 2 == 0}\n" for number in range(560))
    )
    seen, cursor = [], None
    while True:
        page = importer.moderator.get(
            importer.path(job_id, "/preview"), {"limit": 100, **({"cursor": cursor} if cursor else {})}
        )
        seen += [row["row"] for row in page.data]
        cursor = page.pagination.get("nextCursor")
        if cursor is None:
            break
    assert seen == list(range(2, 562))
    assert page.pagination["total"] == 560
    assert importer.moderator.get(importer.path(job_id, "/errors"), {"cursor": "eyJyb3ciOiAiMSJ9"}).status == 400


def test_errors_come_with_the_original_row_as_json_and_as_csv(importer: Importer) -> None:
    job_id = importer.parsed('stem,a,b,correct\n"=1+1, or not?",x,"@y",z\nGood?,x,y,a\n')
    (error,) = importer.moderator.get(importer.path(job_id, "/errors")).data
    assert (error["row"], error["original"]) == (2, ["=1+1, or not?", "x", "@y", "z"])
    report = importer.moderator.get(importer.path(job_id, "/errors"), {"format": "csv"})
    assert (report.status, report.headers["Content-Type"]) == (200, "text/csv")
    assert report.headers["Content-Disposition"] == f'attachment; filename="errors-{job_id}.csv"'
    header, row = report.body.splitlines()
    assert header == "\ufeffrow,errors,stem,a,b,correct"
    assert row.startswith("2,") and row.endswith(""","'=1+1, or not?",x,'@y,z""")
    again = importer.rows(importer.parsed(report.body.replace(",z", ",a")))
    assert [(each["outcome"], each["question"]["stem"], each["question"]["options"][1]["text"]) for each in again] == [
        ("create", "=1+1, or not?", "@y")
    ]


def test_a_report_that_no_answer_can_hold_is_refused(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.imports import reports

    monkeypatch.setattr(reports, "_MOST_REPORT_BYTES", 50)
    job_id = importer.parsed()
    assert importer.moderator.get(importer.path(job_id, "/errors"), {"format": "csv"}).status == 413


def test_rows_that_are_no_longer_kept_are_gone(importer: Importer) -> None:
    job_id = importer.parsed()
    importer.client.cloud.s3.delete_object(
        Bucket=settings().bucket, Key=f"{importer.stored(job_id).rows_prefix}/rows-0000.jsonl"
    )
    assert importer.moderator.get(importer.path(job_id, "/preview")).status == 410


def test_history_lists_the_newest_first_and_by_state(importer: Importer) -> None:
    first, second = importer.parsed(), importer.open().data["jobId"]
    assert [job["jobId"] for job in importer.moderator.get("/api/admin/import/history").data] == [second, first]
    assert [job["jobId"] for job in importer.moderator.get("/api/admin/import/history", {"state": "parsed"}).data] == [
        first
    ]
    page = importer.moderator.get("/api/admin/import/history", {"limit": 1})
    assert page.pagination["hasNext"]


def test_the_template_is_a_table(importer: Importer) -> None:
    template = importer.moderator.get("/api/admin/import/template")
    assert (template.status, template.headers["Content-Type"]) == (200, "text/csv")
    rows = importer.rows(importer.parsed(template.body))
    assert [(row["outcome"], row["problems"]) for row in rows] == [("create", [])] * 10


def test_what_the_endpoints_cost(importer: Importer) -> None:
    opened = importer.open()
    assert opened.cost.operations[-1] == "PutItem" and opened.cost.operations[:-1] == ["UpdateItem", "GetItem"]
    job_id = importer.parsed()
    for part in ("", "/preview", "/errors"):
        assert importer.moderator.get(importer.path(job_id, part)).cost.operations == ["GetItem"]
    assert importer.moderator.get("/api/admin/import/history").cost.operations == ["Query"]
    assert importer.confirm(job_id).cost.operations == ["GetItem", "UpdateItem"]


def test_roles_allow_what_the_workers_do(importer: Importer) -> None:
    rows = {function.entry: function for function in FUNCTIONS}
    with recorded() as touches:
        job_id = importer.parsed(defaults={"topicId": importer.topic_id, "courseId": importer.course_id})
        for part in ("", "/preview", "/errors"):
            importer.moderator.get(importer.path(job_id, part))
        importer.moderator.get("/api/admin/import/history")
        importer.confirm(job_id, importer.client.as_("second", "moderator"), approve=True)
        importer.run(job_id)
        assert deliver(importer.client.cloud, importer.client.tenant) == 0
        importer.parsed(
            f"stem,correct,topic\nWhich gas do plants take in?,true,{importer.topic_id}\nNew?,true,Plants\n",
            defaults={"courseId": importer.course_id},
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
    importer: Importer, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, reason: str
) -> None:
    from functions.imports.events import parse

    monkeypatch.setattr(parse, limit, most)
    shown = importer.shown(importer.parsed())
    assert shown["state"] == "failed" and reason in shown["reason"]


def test_a_file_that_was_removed_fails_the_import(importer: Importer) -> None:
    job_id = importer.open(None, sizeBytes=10).data["jobId"]
    assert importer.arrive(job_id) == []
    assert importer.shown(job_id)["reason"] == "The file was removed before it could be read."
