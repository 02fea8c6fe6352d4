"""Subscriptions through their whole life: trial, renewal, dunning, grace, cancellation, change."""

from datetime import UTC, datetime, timedelta

import pytest

from lyceum.kit import clock as clocks
from tests.payments.conftest import Shop, plan
from tests.support.jobs import run

from functions.payments import jobs
from functions.payments.settlement.periods import add_months, end_of, is_dearer, unused


def iso(moment: datetime) -> str:
    return clocks.iso(moment)


def test_periods_keep_the_day_of_their_anchor() -> None:
    anchor = datetime(2027, 1, 31, 9, tzinfo=UTC)
    assert [end_of(anchor, "month", n).day for n in range(1, 5)] == [28, 31, 30, 31]
    assert end_of(anchor, "term", 1) == datetime(2027, 5, 31, 9, tzinfo=UTC)
    assert end_of(datetime(2028, 2, 29, tzinfo=UTC), "year", 1).day == 28
    assert end_of(datetime(2028, 2, 29, tzinfo=UTC), "year", 4) == datetime(2032, 2, 29, tzinfo=UTC)
    assert add_months(anchor, 12) == anchor.replace(year=2028)
    assert is_dearer(100, "month", 1100, "year") and not is_dearer(90, "month", 1100, "year")


def test_unused_time_is_worth_its_share() -> None:
    start, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC)
    assert unused(3_000, start, end, start) == 3_000
    assert unused(3_000, start, end, start + timedelta(days=15)) == 1_500
    assert unused(1, start, end, start + timedelta(days=15)) == 0, "half goes to even"
    assert unused(3, start, end, start + timedelta(days=15)) == 2
    assert unused(3_000, start, end, end) == unused(3_000, start, end, end + timedelta(days=9)) == 0


@pytest.mark.parametrize(("provider", "currency"), [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")])
def test_it_renews_once_a_period_however_jobs_run(shop: Shop, provider: str, currency: str) -> None:
    shop.clock.move_to(datetime(2027, 1, 31, 9, tzinfo=UTC))
    found = shop.subscribed(provider=provider, currency=currency)
    assert (found["state"], found["currentPeriodEnd"]) == ("active", "2027-02-28T09:00:00.000Z")
    assert found["isRenewable"] is True
    shop.clock.move_to(datetime(2027, 2, 28, 8, 59, tzinfo=UTC))
    shop.run("renewals")
    assert len(shop.providers.books.of(provider)) == 1, "not a minute early"
    shop.clock.advance(minutes=30)
    run(jobs, "renewals")
    run(jobs, "renewals")
    shop.settle()
    shop.run("renewals")
    assert shop.current()["currentPeriodEnd"] == "2027-03-31T09:00:00.000Z"
    shop.clock.move_to(datetime(2027, 4, 2, 23, 0, tzinfo=UTC))  # two days of jobs were skipped
    assert shop.right() > shop.clock.at  # type: ignore[operator]
    shop.run("renewals")
    assert shop.current()["currentPeriodEnd"] == "2027-04-30T09:00:00.000Z"
    assert len(shop.providers.books.of(provider)) == 3
    assert len(shop.events("subscription.renewed")) == 2
    shop.require_balanced()


def test_a_trial_costs_nothing_and_is_had_once(shop: Shop) -> None:
    plan(trial_days=14)
    started = shop.subscribe()
    assert "payment" not in started and started["subscription"]["state"] == "trialing"
    assert shop.right() == shop.clock.at + timedelta(days=15)
    twice = shop.buyer.post("/api/subscriptions", {"provider": "stripe", "currency": "USD", "planId": "plus-monthly"})
    assert twice.error.code == "ALREADY_SUBSCRIBED"
    name = started["subscription"]["subscriptionId"]
    paid = shop.buy(provider="stripe", currency="USD", subscriptionId=name)
    found = shop.current()
    trial_end = shop.clock.at + timedelta(days=14)
    assert (paid["subscriptionId"], found["state"]) == (name, "active")
    assert found["currentPeriodEnd"] == iso(add_months(trial_end, 1)), "the first period follows the trial"
    shop.buyer.post(f"/api/subscriptions/{name}/cancel", {"when": "now"})
    assert shop.right() == shop.clock.at
    again = shop.subscribe()
    assert again["payment"]["state"] == "created" and again["subscription"]["state"] == "incomplete"


def test_a_trial_that_nobody_pays_ends(shop: Shop) -> None:
    plan(trial_days=7)
    shop.subscribe()
    shop.clock.advance(days=7, hours=1)
    shop.run("renewals")
    assert shop.current()["state"] == "past_due"
    for days in (1, 2, 2, 2):
        shop.clock.advance(days=days)
        shop.run("renewals")
    found = shop.current()
    assert (found["state"], found["endReason"]) == ("ended", "unpaid")
    assert shop.right() <= shop.clock.at  # type: ignore[operator]
    assert len(shop.events("subscription.failed")) == 5


def test_a_declined_renewal_is_tried_again_with_grace_and_then_ends(shop: Shop) -> None:
    found = shop.subscribed()
    end = datetime.fromisoformat(found["currentPeriodEnd"])
    shop.providers.books.provisions.declines["stripe"] = 5
    tried = []
    for hours in range(0, 24 * 8, 12):
        shop.clock.move_to(end + timedelta(hours=hours, minutes=1))
        before = len(shop.providers.books.of("stripe"))
        shop.run("renewals")
        if len(shop.providers.books.of("stripe")) > before:
            tried.append(hours // 24)
            assert shop.current()["state"] == ("past_due" if len(tried) < 5 else "ended")
            assert (shop.right() > shop.clock.at) is (len(tried) < 5)  # type: ignore[operator]
    assert tried == [0, 1, 3, 5, 7]
    failed = shop.events("subscription.failed")
    assert len(failed) == 5 and "retriesAt" not in {k: v for k, v in failed[-1].items() if v}
    assert shop.subscribe()["payment"]["state"] == "created", "who comes back begins anew"
    shop.require_balanced()


def test_a_payment_in_dunning_puts_it_right(shop: Shop) -> None:
    found = shop.subscribed()
    end = datetime.fromisoformat(found["currentPeriodEnd"])
    shop.providers.books.provisions.declines["stripe"] = 1
    shop.clock.move_to(end + timedelta(minutes=1))
    shop.run("renewals")
    assert shop.current()["attempt"] == 1
    shop.buy(provider="stripe", currency="USD", subscriptionId=found["subscriptionId"])
    assert shop.current()["state"] == "active"
    assert shop.current()["currentPeriodEnd"] == iso(add_months(end, 1)), "no day is lost or won"
    shop.clock.advance(days=2)
    shop.run("renewals")
    assert len(shop.providers.books.of("stripe")) == 3


def test_a_period_that_is_paid_twice_becomes_credit_that_pays_the_next(shop: Shop) -> None:
    found = shop.subscribed()
    name, end = found["subscriptionId"], datetime.fromisoformat(found["currentPeriodEnd"])
    orders = [shop.order(provider="stripe", currency="USD", subscriptionId=name).data for _ in range(2)]
    for order in orders:
        shop.act(order)
    shop.settle()
    assert shop.current()["currentPeriodEnd"] == iso(add_months(end, 1))
    assert shop.balance("credit", "USD") == -1_000
    shop.clock.move_to(add_months(end, 1) + timedelta(minutes=1))
    shop.run("renewals")
    assert shop.current()["currentPeriodEnd"] == iso(add_months(end, 2))
    assert len(shop.providers.books.of("stripe")) == 3 and shop.balance("credit", "USD") == 0
    shop.require_balanced()


def test_it_is_cancelled_with_the_period_and_resumed_before(shop: Shop) -> None:
    found = shop.subscribed()
    name, end = found["subscriptionId"], datetime.fromisoformat(found["currentPeriodEnd"])
    path = f"/api/subscriptions/{name}"
    assert shop.buyer.post(f"{path}/resume", {}).error.code == "NOT_CANCELLED"
    cancelled = shop.buyer.post(f"{path}/cancel", {}).data
    assert cancelled["cancelAtPeriodEnd"] and "nextChargeAt" not in cancelled
    assert shop.right() == end, "no grace for what is not renewed, so its end is warned of"
    assert shop.buyer.post(f"{path}/resume", {}).data["cancelAtPeriodEnd"] is False
    assert shop.right() == end + timedelta(days=8)
    shop.buyer.post(f"{path}/cancel", {})
    shop.clock.move_to(end + timedelta(minutes=1))
    shop.run("renewals")
    assert (shop.current()["state"], shop.current()["endReason"]) == ("ended", "cancelled")
    assert len(shop.providers.books.of("stripe")) == 1
    assert shop.buyer.post(f"{path}/resume", {}).error.code == "SUBSCRIPTION_ENDED"
    assert shop.buyer.post(f"{path}/cancel", {}).error.code == "SUBSCRIPTION_ENDED"


def test_a_dearer_plan_begins_now_for_the_difference(shop: Shop) -> None:
    plan("gold", product="Gold", tier="gold", title="Gold", prices=[{"amount": 3_000, "currency": "USD"}])
    found = shop.subscribed()
    name = found["subscriptionId"]
    start = shop.clock.at
    shop.clock.move_to(start + (datetime.fromisoformat(found["currentPeriodEnd"]) - start) / 2)
    refused = shop.buyer.post(f"/api/subscriptions/{name}/change", {"planId": "gold", "expectedAmount": 3_000})
    assert refused.error.code == "PRICE_CHANGED"
    changed = shop.buyer.post(f"/api/subscriptions/{name}/change", {"planId": "gold", "expectedAmount": 2_500}).data
    assert changed["payment"]["state"] == "paid" and changed["payment"]["total"]["amount"] == 2_500
    assert {line["kind"]: line["amount"] for line in changed["payment"]["lines"]} == {"item": 3_000, "proration": -500}
    assert changed["subscription"]["planId"] == "gold"
    assert changed["subscription"]["currentPeriodEnd"] == iso(add_months(shop.clock.at, 1))
    assert shop.right() == shop.clock.at and shop.right("PLAN#Gold") > shop.clock.at  # type: ignore[operator]
    shop.settle()
    assert shop.balance("proration", "USD") == 500
    shop.clock.move_to(add_months(shop.clock.at, 1) + timedelta(minutes=1))
    shop.run("renewals")
    assert shop.providers.books.of("stripe")[-1].amount == 3_000
    shop.require_balanced()


def test_a_change_that_is_declined_changes_nothing(shop: Shop) -> None:
    plan("gold", product="Gold", tier="gold", title="Gold", prices=[{"amount": 3_000, "currency": "USD"}])
    name = shop.subscribed()["subscriptionId"]
    shop.providers.books.provisions.declines["stripe"] = 1
    changed = shop.buyer.post(f"/api/subscriptions/{name}/change", {"planId": "gold"}).data
    assert (changed["payment"]["state"], changed["subscription"]["planId"]) == ("failed", "plus-monthly")
    assert shop.right("PLAN#Gold") is None and shop.current()["state"] == "active"


def test_a_cheaper_plan_comes_with_the_next_period(shop: Shop) -> None:
    plan("basic", product="Basic", tier="basic", title="Basic", prices=[{"amount": 300, "currency": "USD"}])
    found = shop.subscribed()
    name, end = found["subscriptionId"], datetime.fromisoformat(found["currentPeriodEnd"])
    changed = shop.buyer.post(f"/api/subscriptions/{name}/change", {"planId": "basic"}).data
    assert "payment" not in changed and changed["subscription"]["nextPlanId"] == "basic"
    shop.clock.move_to(end + timedelta(minutes=1))
    shop.run("renewals")
    found = shop.current()
    assert (found["planId"], found["price"]["amount"]) == ("basic", 300) and "nextPlanId" not in found
    assert shop.providers.books.of("stripe")[-1].amount == 300
    assert shop.right() <= shop.clock.at  # type: ignore[operator]
    assert shop.right("PLAN#Basic") > shop.clock.at  # type: ignore[operator]


def test_a_first_payment_that_fails_leaves_nothing_and_one_that_comes_late_counts(shop: Shop) -> None:
    started = shop.subscribe()
    shop.clock.advance(hours=25)
    shop.run("open_orders")
    assert shop.current()["state"] == "ended" and shop.right() is None
    shop.act(started["payment"])
    shop.settle()
    assert shop.current()["state"] == "active" and shop.right() > shop.clock.at  # type: ignore[operator]
    shop.require_balanced()


def test_a_provider_that_is_down_for_a_day_costs_nobody_their_access(shop: Shop) -> None:
    found = shop.subscribed()
    end = datetime.fromisoformat(found["currentPeriodEnd"])
    shop.providers.books.provisions.down.add("stripe")
    for hours in range(0, 26, 5):
        shop.clock.move_to(end + timedelta(hours=hours, minutes=1))
        shop.run("renewals")
        assert shop.current()["attempt"] == 0 and shop.right() > shop.clock.at  # type: ignore[operator]
    shop.providers.books.provisions.down.clear()
    shop.clock.advance(hours=1)
    shop.run("renewals")
    assert shop.current()["currentPeriodEnd"] == iso(add_months(end, 1))
    assert len(shop.events("subscription.renewed")) == 1


def test_an_end_is_warned_of_only_where_nothing_renews(shop: Shop) -> None:
    from lyceum.model.entitlements import Entitlement

    shop.subscribed()
    right = Entitlement.require(user_id=shop.buyer.user_id, product="PLAN#Plus")
    assert right.ends_on is None and right.plan == "Plus" and right.tier == "plus"
    eve = shop.client.as_("eve", "student")
    shop.buy(eve)
    other = Entitlement.require(user_id=eve.user_id, product="PLAN#Plus")
    assert other.ends_on == f"{other.ends_at:%Y-%m-%d}"
