"""Reports: the figures of their routes as CSV, XLSX and PDF, by a job that ends once."""

import csv
import io
import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from lyceum.kit import context
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.insights.journeys import GeneratedReport, ReportSchedule
from lyceum.model.users.account import User
from lyceum.tasks.notifications import DeliverNotice
from tests.insights.conftest import booked, bought, bring
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.threads import at_once
from tests.support.workers import deliver

from functions.insights import jobs
from functions.insights.exports import scheduling, writing

PLACE = "/api/analytics/reports"


@pytest.fixture
def admin(client: Client, clock: Clock) -> Client:
    bring([booked(clock.at - timedelta(days=back), revenue=-1_234_50) for back in range(3)])
    bring([bought(f"user-{number}", "=cmd|plan", clock.at) for number in range(6)])
    return client.as_("admin")


def file_of(client: Client, report: dict[str, Any]) -> bytes:
    folder = f"derived/exports/{client.tenant}/{client.user_id}/{report['jobId']}/"
    found = client.cloud.s3.list_objects_v2(Bucket=settings().bucket, Prefix=folder).get("Contents", [])
    key = next(each["Key"] for each in found if each["Key"].endswith(report["format"]))
    return bytes(client.cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read())


def made(client: Client, tenant: str, **wanted: Any) -> dict[str, Any]:
    ordered = client.post(f"{PLACE}/generate", wanted)
    assert (ordered.status, ordered.data["state"]) == (202, "queued")
    assert deliver(client.cloud, tenant) == 0
    shown = client.get(f"{PLACE}/{ordered.data['reportId']}")
    assert shown.data["state"] == "done"
    assert shown.data["url"].startswith("http")
    assert shown.cost.requests <= 3
    return dict(shown.data)


def test_a_csv_says_what_the_route_says(admin: Client, tenant: str) -> None:
    report = made(admin, tenant, metric="revenue", days=7, format="csv", currency="NGN")
    rows = list(csv.DictReader(io.StringIO(file_of(admin, report).decode("utf-8-sig"))))
    points = admin.get("/api/analytics/sales/revenue", {"days": 7, "currency": "NGN"}).data["points"]
    assert [(row["day"], float(row["net"])) for row in rows] == [
        (point["period"], point["net"] / 100) for point in points
    ]


def test_a_workbook_has_numbers_as_numbers_and_no_formula(admin: Client, tenant: str) -> None:
    report = made(admin, tenant, metric="products", format="xlsx", title="What sells")
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(admin, report)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["product", "currency", "orders"]
    assert rows[1][:5] == ["=Cmd|Plan", "NGN", 6, 0, 60]
    assert (report["title"], report["metric"]) == ("What sells", "products")


def test_a_pdf_is_set_with_a_chart(admin: Client, tenant: str) -> None:
    report = made(admin, tenant, metric="revenue", by="week", format="pdf")
    assert file_of(admin, report).startswith(b"%PDF")


def rows_of(client: Client, report: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file_of(client, report).decode("utf-8-sig"))))


def test_a_report_is_of_the_days_products_and_countries_that_are_chosen(
    admin: Client, tenant: str, clock: Clock
) -> None:
    bring([bought(f"user-{number}", "plan:plus", clock.at, country="GH") for number in range(10, 16)])
    before = f"{clock.at - timedelta(days=1):%Y-%m-%d}"
    report = made(admin, tenant, metric="revenue", days=2, until=before, format="csv")
    assert [row["day"] for row in rows_of(admin, report)] == [f"{clock.at - timedelta(days=2):%Y-%m-%d}", before]
    activity = made(admin, tenant, metric="activity", days=3, until=before, format="csv")
    assert rows_of(admin, activity)[-1]["day"] == before
    chosen = {"format": "csv", "product": "plan:plus"}
    for metric in ({"metric": "products"}, {"metric": "revenue", "by": "product"}):
        assert [row["product"] for row in rows_of(admin, made(admin, tenant, **metric, **chosen))] == ["Plan:Plus"]
    countries = made(admin, tenant, metric="countries", country="GH", format="csv")
    assert [row["country"] for row in rows_of(admin, countries)] == ["GH"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "activity", "product": "plan:plus"},
        {"metric": "revenue", "product": "plan:plus"},
        {"metric": "funnel", "country": "NG"},
        {"metric": "countries", "by": "week"},
        {"metric": "cohorts", "until": "2027-01-01"},
        {"metric": "revenue", "until": "2027-01-01", "every": "day"},
        {"metric": "users", "currency": "NGN"},
    ],
)
def test_what_a_metric_has_not_is_refused_rather_than_left_out(admin: Client, wrong: dict[str, Any]) -> None:
    assert admin.post(f"{PLACE}/generate", wrong).status == 400


@pytest.mark.parametrize("metric", ["countries", "funnel", "cohorts", "activity", "retention", "questions", "users"])
def test_every_metric_makes_a_report(admin: Client, tenant: str, metric: str) -> None:
    report = made(admin, tenant, metric=metric, format="csv")
    assert len(file_of(admin, report).decode().splitlines()) >= 1


def test_reports_are_listed_the_newest_first_for_those_who_see_insights(admin: Client, client: Client) -> None:
    for title in ("first", "second", "third"):
        admin.post(f"{PLACE}/generate", {"metric": "funnel", "title": title, "format": "csv"})
    listed = admin.get(PLACE, {"limit": 2})
    assert [each["title"] for each in listed.data] == ["third", "second"]
    assert listed.cost.requests <= 3
    following = admin.get(PLACE, {"limit": 2, "cursor": listed.pagination["nextCursor"]})
    assert [each["title"] for each in following.data] == ["first"]
    assert client.as_("moderator").get(PLACE).status == 403
    abroad = client.of(f"{client.tenant}-abroad").as_("admin")
    assert abroad.get(PLACE).data == []
    assert abroad.get(f"{PLACE}/{listed.data[0]['reportId']}").status == 404


@pytest.mark.parametrize(
    "wrong", [{"metric": "marks"}, {"metric": "revenue", "days": 0}, {"metric": "funnel", "sql": "x"}]
)
def test_what_is_no_report_is_refused(admin: Client, wrong: dict[str, Any]) -> None:
    assert admin.post(f"{PLACE}/generate", wrong).status == 400


def test_cells_of_a_csv_are_never_formulas() -> None:
    table = {"columns": ["a"], "rows": [["=1+1"], [None], [-3]], "labels": 0, "values": 0}
    assert writing.as_csv(table).decode("utf-8-sig").splitlines() == ["a", "'=1+1", '""', "-3"]


@pytest.mark.parametrize(("every", "due"), [("day", "2027-01-12"), ("week", "2027-01-18"), ("month", "2027-02-01")])
def test_a_report_comes_again_with_a_mail_and_is_stopped(
    client: Client, clock: Clock, admin: Client, tenant: str, every: str, due: str
) -> None:
    ordered = admin.post(f"{PLACE}/generate", {"metric": "revenue", "format": "csv", "title": "Sales", "every": every})
    assert (ordered.status, ordered.data["nextAt"]) == (202, f"{due}T06:00:00.000Z")
    assert deliver(client.cloud, tenant) == 0
    assert mails(client) == [], "the first one was not waited for"
    place = f"{PLACE}/schedules/{ordered.data['scheduleId']}"
    run(jobs, "write_due_reports")
    assert len(admin.get(PLACE).data) == 1, "it is not due"
    clock.move_to(datetime.fromisoformat(f"{due}T06:05:00+00:00"))
    for _ in range(2):
        run(jobs, "write_due_reports")
    assert deliver(client.cloud, tenant) == 0
    latest, _ = admin.get(PLACE).data
    assert (latest["state"], latest["title"]) == ("done", "Sales")
    (schedule,) = admin.get(f"{PLACE}/schedules").data
    assert (schedule["lastReportId"], schedule["every"]) == (latest["reportId"], every)
    assert [(each["kind"], each["data"]["reportId"]) for each in mails(client)] == [
        ("insights.report", latest["reportId"])
    ]
    assert admin.delete(place).status == 200
    assert admin.delete(place).status == 404
    clock.advance(days=40)
    run(jobs, "write_due_reports")
    assert admin.get(f"{PLACE}/schedules").data == []


def test_a_pdf_that_comes_again_is_told_once_it_is_set(
    client: Client, clock: Clock, admin: Client, tenant: str
) -> None:
    assert admin.post(f"{PLACE}/generate", {"metric": "revenue", "every": "day"}).status == 202
    clock.advance(days=1)
    run(jobs, "write_due_reports")
    assert deliver(client.cloud, tenant) == 0
    assert len(mails(client)) == 1


def test_a_report_stops_with_the_right_of_whoever_ordered_it(client: Client, clock: Clock, admin: Client) -> None:
    assert admin.post(f"{PLACE}/generate", {"metric": "revenue", "every": "day"}).status == 202
    user = User.require(user_id=admin.user_id)
    user.role = "student"
    Unit().put(user).commit()
    clock.advance(days=1)
    run(jobs, "write_due_reports")
    assert find(ReportSchedule).items == []
    assert len(find(GeneratedReport).items) == 1


def test_a_report_that_is_due_is_written_by_one_of_two_runs(client: Client, clock: Clock, admin: Client) -> None:
    assert admin.post(f"{PLACE}/generate", {"metric": "activity", "format": "csv", "every": "day"}).status == 202
    clock.advance(days=1)
    at_once(*[partial(_write_due, client.tenant)] * 2)
    assert len(find(GeneratedReport).items) == 2


def _write_due(tenant: str) -> None:
    with context.working(context.RequestContext(tenant)):
        scheduling.write_due()


def mails(client: Client) -> list[dict[str, Any]]:
    found = [each for each in client.cloud.published(client.tenant) if each["DetailType"] == DeliverNotice.name]
    return [json.loads(each["Detail"]) for each in found]
