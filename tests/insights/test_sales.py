"""Revenue, products, countries, funnel and cohorts: folded once, equal to the ledger, small groups hidden."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.events.auth import SessionStarted
from lyceum.events.courses import CourseCompleted, CourseEnrolled
from lyceum.events.payments import LedgerPosted, RefundMade, SubscriptionRenewed
from lyceum.events.users import UserRegistered, UserVerified
from lyceum.kit.table import Unit, find
from lyceum.model.insights.journeys import Journey
from lyceum.model.insights.sales import CREDITED, DEBITED, SalesDay
from lyceum.model.payments.ledger import ControlBalance
from lyceum.rules.ledger import reports
from tests.insights.conftest import booked, bought, bring
from tests.support.clock import Clock
from tests.support.http import Client

REVENUE = "/api/analytics/sales/revenue"


def test_revenue_is_what_the_ledger_booked_by_day_week_and_month(client: Client, clock: Clock) -> None:
    monday = clock.at - timedelta(days=clock.at.weekday() + 7)
    sold = booked(monday, bank=10_000, discount=1_000, revenue=-10_300, tax=-700)
    back = booked(monday + timedelta(days=1), refunds=2_000, bank=-2_000)
    abroad = booked(monday, "USD", bank=500, revenue=-500)
    bring([sold, back, abroad], times=2)
    admin = client.as_("admin")
    reply = admin.get(REVENUE, {"days": 20})
    assert [(each["period"], each["currency"], each["net"]) for each in reply.data["points"]] == [
        (f"{monday:%Y-%m-%d}", "NGN", 9_300),
        (f"{monday:%Y-%m-%d}", "USD", 500),
        (f"{monday + timedelta(days=1):%Y-%m-%d}", "NGN", -2_000),
    ]
    assert reply.cost.requests <= 2  # one of them rereads the caller's rights
    week = admin.get(REVENUE, {"days": 20, "by": "week", "currency": "NGN"}).data
    assert [(each["period"], each["net"], each["tax"]) for each in week["points"]] == [
        (f"{monday:%Y-%m-%d}", 7_300, 700)
    ]
    assert week["sums"] == [
        {"currency": "NGN", "revenue": 10_300, "refunds": 2_000, "net": 7_300, "tax": 700, "fees": 0}
    ]
    assert "ledger" in week["definition"]
    first = admin.get(REVENUE, {"days": 3, "until": f"{monday:%Y-%m-%d}"}).data
    assert [(each["currency"], each["net"]) for each in first["sums"]] == [("NGN", 9_300), ("USD", 500)]


legs = st.dictionaries(st.sampled_from([*CREDITED, *DEBITED]), st.integers(-5_000, 5_000), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.lists(st.tuples(legs, st.sampled_from(["NGN", "USD"]), st.integers(0, 5)), max_size=12),
    seed=st.integers(0, 99),
)
def test_sums_of_days_equal_the_ledger_in_any_order_and_however_often(
    client: Client, clock: Clock, entries: list[tuple[dict[str, int], str, int]], seed: int
) -> None:
    before = totals()
    kept = balances()
    events: list[LedgerPosted] = [
        booked(clock.at - timedelta(days=back), currency, **each, bank=-sum(each.values()))
        for each, currency, back in entries
    ]
    unit = Unit()
    reports.fold(events, unit)
    unit.commit()
    shuffled = list(events)
    random.Random(seed).shuffle(shuffled)
    bring(shuffled, times=2)
    grown = {key: value - before.get(key, 0) for key, value in totals().items() if value != before.get(key, 0)}
    booked_sums = {key: value - kept.get(key, 0) for key, value in balances().items() if value != kept.get(key, 0)}
    assert grown == booked_sums


def totals() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in find(SalesDay, limit=1000).items:
        for name in (*CREDITED, *DEBITED):
            found[row.currency, name] = found.get((row.currency, name), 0) + int(getattr(row, name))
    return {key: value for key, value in found.items() if value}


def balances() -> dict[tuple[str, str], int]:
    found = {}
    for row in find(ControlBalance, limit=1000).items:
        if row.account in (*CREDITED, *DEBITED):
            debit = int(row.debit) - int(row.credit)
            found[row.currency, row.account] = debit if row.account in DEBITED else -debit
    return {key: value for key, value in found.items() if value}


def test_the_trend_tells_growth_against_the_days_before(client: Client, clock: Clock) -> None:
    bring([booked(clock.at - timedelta(days=10), revenue=-1_000), booked(clock.at, revenue=-1_500)])
    told = client.as_("admin").get("/api/admin/analytics/revenue", {"days": 7}).data
    assert told["sums"] == [{"currency": "NGN", "net": 1_500, "earlier": 1_000, "growth": 50}]
    assert [each["net"] for each in told["points"]] == [1_500]


def test_products_count_payments_renewals_and_refunds_once(client: Client, clock: Clock) -> None:
    first = bought("ada", "plan:plus", clock.at)
    other = bought("eve", "course:a", clock.at, 4_000)
    renewed = SubscriptionRenewed(
        subscription_id="s", payment_id=first.payment_id, user_id="ada", plan="Plus", amount_minor=1_000,
        currency="NGN", ends_at=clock.at,
    )  # fmt: skip
    back = RefundMade(
        refund_id="r", payment_id=other.payment_id, user_id="eve", amount_minor=1_500, currency="NGN", what="Course"
    )
    bring([first, other, renewed, back], times=2)
    admin = client.as_("admin")
    reply = admin.get("/api/analytics/products/performance", {"month": f"{clock.at:%Y-%m}"})
    assert [(each["product"], each["orders"], each["amount"], each["renewals"]) for each in reply.data] == [
        ("course:a", 1, 4_000, 0),
        ("plan:plus", 2, 2_000, 1),
    ]
    assert (reply.data[0]["refunded"], reply.data[0]["refundRate"], reply.data[1]["average"]) == (1_500, 100, 1_000)
    by_product = admin.get(REVENUE, {"days": 1, "by": "product"}).data
    assert [(each["period"], each["net"]) for each in by_product["points"]] == [
        ("course:a", 2_500),
        ("plan:plus", 2_000),
    ]
    page = admin.get("/api/analytics/products/performance", {"limit": 1, "sort": "-orders"})
    assert page.data[0]["product"] == "plan:plus"
    following = {"limit": 1, "sort": "-orders", "cursor": page.pagination["nextCursor"]}
    assert admin.get("/api/analytics/products/performance", following).data[0]["product"] == "course:a"
    assert Journey.require(user_id="eve").spent == {"NGN": 2_500}


def test_countries_are_told_from_five_payments_on(client: Client, clock: Clock) -> None:
    bring([bought(f"user-{number}", "plan:plus", clock.at) for number in range(6)])
    bring(
        [
            bought("user-0", "plan:plus", clock.at + timedelta(hours=1), country=None),
            bought("zoe", "p", clock.at, country="GH"),
        ]
    )
    told = client.as_("admin").get("/api/analytics/geographic/distribution").data["countries"]
    assert told == [
        {
            "country": "NG",
            "orders": 7,
            "buyers": 6,
            "amounts": [{"currency": "NGN", "amount": 7_000}],
            "toldBy": {"billing": 6, "earlier": 1},
            "isHidden": False,
        },
        {"country": "GH", "amounts": [], "isHidden": True},
    ]


def test_a_country_is_what_the_edge_saw_else_the_billing_else_the_profile(client: Client, clock: Clock) -> None:
    home = client.as_("student")
    assert home.patch(f"/api/users/{home.user_id}", {"profile": {"country": "KE"}}).status == 200
    bring([bought(f"user-{number}", "plan:plus", clock.at, seen_in="KE") for number in range(5)])
    bring([bought("user-5", "plan:plus", clock.at, country="KE"), bought(home.user_id, "p", clock.at, country=None)])
    bring([bought(home.user_id, "q", clock.at, country=None, seen_in="UG")])
    told = client.as_("admin").get("/api/analytics/geographic/distribution").data["countries"]
    assert told[0] == {
        "country": "KE",
        "orders": 7,
        "buyers": 7,
        "amounts": [{"currency": "NGN", "amount": 7_000}],
        "toldBy": {"edge": 5, "billing": 1, "profile": 1},
        "isHidden": False,
    }
    assert told[1]["country"] == "UG"


def test_the_funnel_counts_each_user_once_a_step(client: Client, clock: Clock) -> None:
    people = [f"user-{number}" for number in range(8)]
    bring([UserRegistered(user_id=user, role="student") for user in people], times=2)
    bring([UserVerified(user_id=user, what="email") for user in people[:6]])
    clock.advance(days=1)
    for _ in range(2):
        bring([SessionStarted(user_id=user, session_id="s") for user in people[:6]])
        bring([CourseEnrolled(course_id="a", user_id=user) for user in people[:5]])
    bring([CourseCompleted(course_id="a", user_id=user, title="A") for user in people[:2]])
    reply = client.as_("admin").get("/api/analytics/conversion/funnel")
    told = {each["step"]: each for each in reply.data["steps"]}
    assert {step: each.get("users") for step, each in told.items()} == {
        "registered": 8, "verified": 6, "signed_in": 6, "enrolled": 5, "studied": 0, "paid": 0, "completed": None,
    }  # fmt: skip
    assert (told["verified"]["ofFirst"], told["enrolled"]["ofPrevious"]) == (75, 83.33)
    assert told["completed"]["isHidden"]
    assert reply.cost.requests <= 2


def test_cohorts_tell_what_they_paid_later(client: Client, clock: Clock) -> None:
    people = [f"user-{number}" for number in range(6)]
    bring([UserRegistered(user_id=user, role="student") for user in people])
    cohort = f"{clock.at:%Y-%m}"
    clock.advance(days=62)
    bring([bought(user, "plan:plus", clock.at) for user in people], times=2)
    reply = client.as_("admin").get("/api/analytics/cohorts", {"months": 6})
    row = next(each for each in reply.data["cohorts"] if each["cohort"] == cohort)
    assert (row["size"], row["steps"]["paid"]) == (6, 6)
    assert row["payments"] == [{"offset": 2, "currency": "NGN", "orders": 6, "amount": 6_000, "perUser": 1_000}]
    assert reply.cost.requests <= 3


@pytest.mark.parametrize(
    "query",
    [
        {"days": 0},
        {"days": 400},
        {"by": "year"},
        {"currency": "naira"},
        {"until": "yesterday"},
        {"since": "2027-01-01"},
    ],
)
def test_what_is_no_period_is_refused(client: Client, query: dict[str, object]) -> None:
    assert client.as_("admin").get(REVENUE, query).status == 400
    assert client.as_("moderator").get(REVENUE).status == 403
