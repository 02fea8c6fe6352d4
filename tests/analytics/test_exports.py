"""Progress reports as files: CSV and workbooks at once, PDF and long lists by workers."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from lyceum.events.study import StudyRecorded
from lyceum.kit.aws import clients
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, write_many
from lyceum.model.catalog import Topic
from lyceum.model.questions.statistics import QuestionHistory
from lyceum.model.users.account import User
from tests.analytics.conftest import ALGEBRA, GEOMETRY, exam, rows
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.workers import deliver

from functions.analytics.reports import exports


@pytest.fixture
def learner(student: Client, tell: Callable[..., None], syllabus: str) -> Client:
    """A student with an exam, some study, and a topic that begins like a formula."""
    topic = Topic.require(topic_id=ALGEBRA, consistent=True)
    topic.title = "=1+1 Ọ̀rọ̀"
    Unit().replace(topic).commit()
    me = student.user_id
    tell(
        exam(me, [*rows("rrw"), *rows("rp", GEOMETRY)], 70),
        StudyRecorded(user_id=me, day="2027-01-11", cause="session", seconds=600),
    )
    return student


def fetched(client: Client, **query: Any) -> bytes:
    """Export, and return the file once the workers are done."""
    job = client.get("/api/analytics/export", query).data
    if job["state"] != "done":
        for domain in ("analytics", "documents"):
            assert deliver(client.cloud, client.tenant, only=domain) == 0
    found = LongJob.require(owner_id=client.user_id, job_id=job["jobId"], consistent=True)
    assert found.state == "done", found.error_message
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=found.result)["Body"].read()
    return body


def test_days_are_a_table(learner: Client) -> None:
    job = learner.get("/api/analytics/export", {"period": "month"}).data
    assert (job["state"], job["type"]) == ("done", "progress.export")
    assert job["result"].startswith("https://")
    table = list(csv.DictReader(StringIO(fetched(learner, period="month").decode("utf-8-sig"))))
    assert len(table) == 11
    assert table[-1] == {
        "Date": "2027-01-11", "Minutes": "10.0", "Questions": "5", "Right": "3", "Accuracy": "70.0", "Exams": "1",
        "Average": "70.0", "Reviews": "0", "Lessons": "0",
    }  # fmt: skip


def test_no_cell_is_a_formula(learner: Client) -> None:
    table = list(csv.reader(StringIO(fetched(learner, table="topics").decode("utf-8-sig"))))
    assert "'=1+1 Ọ̀rọ̀" in [row[0] for row in table]
    book = CalamineWorkbook.from_filelike(BytesIO(fetched(learner, format="xlsx")))
    assert book.sheet_names == ["Summary", "Days", "Topics", "Courses"]
    assert "=1+1 Ọ̀rọ̀" in [row[0] for row in book.get_sheet_by_name("Topics").to_python()]
    day = next(row for row in book.get_sheet_by_name("Days").to_python()[1:] if row[2])
    assert (f"{day[0]:%Y-%m-%d}", day[1:7]) == ("2027-01-11", [10, 5, 3, 70, 1, 70])


def test_a_report_is_typeset_in_the_learners_language(learner: Client) -> None:
    account = User.require(user_id=learner.user_id, consistent=True)
    account.language, account.last_name = "fr", "Adébáyọ̀ #image"
    Unit().replace(account).commit()
    document = pypdfium2.PdfDocument(fetched(learner, format="pdf", period="year"))
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    for part in ("Rapport de progression", "Adébáyọ̀ #image", "=1+1", "Minutes d", "2027-01-01"):
        assert part in text, part


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_questions_are_written_in_pages(learner: Client, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(exports, "_PAGE", 3)
    write_many(
        QuestionHistory(user_id=learner.user_id, topic_id=ALGEBRA, question_id=f"q{number}", met=2, right=1, wrong=1)
        for number in range(7)
    )
    content = fetched(learner, table="questions", format=form)
    if form == "csv":
        found = [row["Question"] for row in csv.DictReader(StringIO(content.decode("utf-8-sig")))]
    else:
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("Questions")
        found = [row[0] for row in sheet.to_python()[1:]]
    assert found == [f"q{number}" for number in range(7)]


def test_what_is_not_to_be_had_is_refused(client: Client, cloud: Cloud, learner: Client) -> None:
    assert learner.get("/api/analytics/export", {"format": "docx"}).error.code == "VALIDATION_ERROR"
    refused = learner.get("/api/analytics/export", {"format": "pdf", "table": "questions"})
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")
    other = client.as_("eve", "student")
    assert other.get("/api/analytics/export", {"userId": learner.user_id}).status == 404
    assert client.as_("admin").get("/api/analytics/export", {"userId": learner.user_id}).status == 200
