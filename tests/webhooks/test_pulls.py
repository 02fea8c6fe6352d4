"""Figures for business intelligence: files by signed links, of one's own tenant, in two formats."""

import csv
import io
import struct
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import clock as time
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import write_many
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell, TierCount
from lyceum.model.insights.journeys import FunnelMonth
from lyceum.model.insights.sales import CountryMonth, ProductMonth, SalesDay
from lyceum.model.users.directory import UserCount
from tests.support.clock import Clock
from tests.support.http import Client

from functions.webhooks.pulls import parquet

PATH = "/api/webhooks/tableau"


def fetched(url: str) -> bytes:
    key = unquote(urlsplit(url).path).split(f"/{settings().bucket}/")[-1].lstrip("/")
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    return body


@pytest.fixture
def figures(clock: Clock, tenant: str) -> str:
    write_many(
        [
            ActivityDay(day="2027-01-10", active=7, exams=3),
            ActivityDay(day="2027-01-11", active=9),
            ActivityDay(day="2025-01-11", active=1),
            CourseMonth(month="2027-01", course_id="c1", enrolled=12),
            RetentionCell(grain="week", cohort="2027-01-04", offset=0, users=20),
            RetentionCell(grain="week", cohort="2027-01-04", offset=1, users=3),
            UserCount(group="all", total=31),
            UserCount(group="mentor", total=2),
            TierCount(tier="free", total=29, counted_at=time.now()),
            SalesDay(day="2027-01-10", currency="NGN", entries=2, revenue=9_000, discount=500, tax=700, refunds=1_500),
            ProductMonth(month="2027-01", currency="NGN", product="plan:plus", title="Plus", orders=6, amount=9_200),
            CountryMonth(month="2027-01", country="NG", currency="NGN", orders=6, amount=9_200, newcomers=5),
            CountryMonth(month="2027-01", country="GH", currency="GHS", orders=2, amount=300),
            FunnelMonth(cohort="2027-01", registered=20, verified=12, paid=4),
        ]
    )
    assert clock.at
    return tenant


def test_csv_of_every_metric(client: Client, figures: str) -> None:
    reply = client.as_("admin").post(PATH, {"metrics": ["activity", "courses", "retention", "users"], "days": 30})
    assert reply.status == 200, reply.body
    tables = {
        pull["metric"]: list(csv.reader(io.StringIO(fetched(pull["url"]).decode()))) for pull in reply.data["pulls"]
    }
    assert [row[:2] for row in tables["activity"]] == [["day", "active"], ["2027-01-10", "7"], ["2027-01-11", "9"]]
    assert tables["courses"][1][:3] == ["2027-01", "c1", "12"]
    assert tables["retention"] == [["week", "weeks_later", "users"], ["2027-01-04", "0", "20"]], (
        "small groups are hidden"
    )
    assert tables["users"] == [["by", "group", "users"], ["role", "all", "31"], ["tier", "free", "29"]]
    assert all(f"/{figures}/" in pull["url"] for pull in reply.data["pulls"])
    assert reply.data["pulls"][0]["expiresAt"] == "2027-01-11T10:00:00.000Z"


def test_money_is_pulled_as_the_ledger_has_it_and_small_groups_are_left_out(client: Client, figures: str) -> None:
    assert figures
    wanted = {"metrics": ["revenue", "products", "countries", "funnel"], "days": 30}
    reply = client.as_("admin").post(PATH, wanted)
    assert reply.status == 200, reply.body
    tables = {
        pull["metric"]: list(csv.DictReader(io.StringIO(fetched(pull["url"]).decode()))) for pull in reply.data["pulls"]
    }
    (day,) = tables["revenue"]
    booked = [day[name] for name in ("day", "currency", "entries", "revenue", "discount", "tax", "refunds", "net")]
    assert booked == ["2027-01-10", "NGN", "2", "9000", "500", "700", "1500", "7000"]
    (product,) = tables["products"]
    assert [product[name] for name in ("month", "product", "title", "orders", "amount")] == [
        "2027-01", "plan:plus", "Plus", "6", "9200",
    ]  # fmt: skip
    assert [(row["country"], row["currency"], row["amount"]) for row in tables["countries"]] == [("NG", "NGN", "9200")]
    assert [(row["month"], row["step"], row["users"]) for row in tables["funnel"] if row["users"] != "0"] == [
        ("2027-01", "registered", "20"), ("2027-01", "verified", "12"),
    ]  # fmt: skip


def test_the_newest_days_of_money_stand_in_a_long_pull_of_many_currencies(
    client: Client, tenant: str, clock: Clock
) -> None:
    days = [f"{clock.at - timedelta(days=back):%Y-%m-%d}" for back in range(366)]
    write_many(SalesDay(day=day, currency=name, revenue=1) for day in days for name in "ABCDEF")
    (pull,) = client.as_("admin").post(PATH, {"metrics": ["revenue"], "days": 366}).data["pulls"]
    rows = list(csv.DictReader(io.StringIO(fetched(pull["url"]).decode())))
    assert (len(rows), rows[-1]["day"]) == (6 * 366, days[0])


def test_parquet_is_one(client: Client, figures: str) -> None:
    asked = {"metrics": ["activity"], "format": "parquet", "days": 7}
    pull = client.as_("admin").post(PATH, asked).data["pulls"][0]
    body = fetched(pull["url"])
    assert body[:4] == body[-4:] == parquet.MAGIC and (pull["rows"], pull["columns"][0]) == (2, "day")
    assert figures


def test_who_may_not_see_insights_gets_none(client: Client) -> None:
    assert client.as_("instructor").post(PATH, {"metrics": ["users"]}).status == 403
    assert client.post(PATH, {"metrics": ["users"]}).status == 401
    admin = client.as_("admin")
    for wrong in ({"metrics": []}, {"metrics": ["grades"]}, {"metrics": ["users"], "expiresInMinutes": 100_000}):
        assert admin.post(PATH, wrong).status == 400


def test_another_tenant_gets_its_own_figures_alone(client: Client, figures: str) -> None:
    abroad = client.of(f"{figures}-abroad").as_("admin")
    pulls = abroad.post(PATH, {"metrics": ["activity", "users"], "days": 30}).data["pulls"]
    assert [pull["rows"] for pull in pulls] == [0, 0]


def read(body: bytes) -> list[bytes]:
    """Return the data of each page of a file: what lies behind its header, found by the sizes that the header says."""
    pages, place = [], len(parquet.MAGIC)
    (length,) = struct.unpack("<I", body[-8:-4])
    end = len(body) - 8 - length
    while place < end:
        assert body[place : place + 2] == b"\x15\x00", "a data page"
        size, shift, at = 0, 0, place + 3
        while True:
            size |= (body[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if body[at - 1] < 0x80:
                break
        size >>= 1
        start = body.index(b"\x00\x00", at) + 2
        pages.append(body[start : start + size])
        place = start + size
    return pages


@given(st.lists(st.tuples(st.integers(0, 2**62), st.floats(allow_nan=False)), min_size=1, max_size=40))
def test_numbers_stand_in_a_file_as_they_were(rows: list[tuple[int, float]]) -> None:
    whole, other = read(parquet.write(["whole", "other"], rows))
    assert list(struct.unpack(f"<{len(rows)}q", whole)) == [row[0] for row in rows]
    assert list(struct.unpack(f"<{len(rows)}d", other)) == [row[1] for row in rows]


def test_a_file_is_byte_for_byte_as_readers_of_the_format_read_it() -> None:
    rows: list[Any] = [["2027-01-10", 7, 0.5], ["2027-01-11", 9, 1.5]]
    assert parquet.write(["day", "active", "share"], rows).hex() == GOLDEN


GOLDEN = (
    "504152311500153815382c150415001506150600000a000000323032372d30312d31300a000000323032372d30312d313115"
    "00152015202c15041500150615060000070000000000000009000000000000001500152015202c1504150015061506000000"
    "0000000000e03f000000000000f83f1502194c4806736368656d61150600150c250018036461792500001504250018066163"
    "7469766500150a250018057368617265001604191c193c26081c150c19150019180364617915001604165a165a2608000026"
    "621c150419150019180661637469766515001604164216422662000026a4011c150a19150019180573686172651500160416"
    "42164226a401000016de0116040028066c796365756d009e00000050415231"
)
"""Read by Apache Arrow 22 as three columns of two rows."""
