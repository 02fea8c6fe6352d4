"""Refunds and disputes: never more than was paid, each once, and only what it bought goes."""

from decimal import Decimal

import pytest

from tests.payments.conftest import Shop, plan
from tests.support import workers
from tests.support.http import Reply
from tests.support.threads import at_once

WHY = {"reason": "not as promised"}


def refund(shop: Shop, payment: dict[str, object], **wanted: object) -> Reply:
    return shop.admin.post(f"/api/refunds/{payment['paymentId']}", {**WHY, **wanted})


@pytest.mark.parametrize(("provider", "currency"), [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")])
def test_a_refund_goes_back_in_parts_and_takes_access_with_the_whole(shop: Shop, provider: str, currency: str) -> None:
    paid = shop.buy(provider=provider, currency=currency)
    total = paid["total"]["amount"]
    half = refund(shop, paid, amount=total // 2)
    assert (half.status, half.data["state"], half.data["endsAccess"]) == (202, "requested", False)
    same = refund(shop, paid, amount=total // 4)
    shop.settle()
    found = shop.buyer.get("/api/payments").data[0]
    assert (found["state"], found["refunded"]["amount"]) == ("partly_refunded", total // 2 + total // 4)
    assert shop.right() > shop.clock.at and same.status == 202  # type: ignore[operator]
    assert refund(shop, paid, amount=total // 2).error.fields == {"REFUND_TOO_HIGH"}
    assert refund(shop, paid).status == 202
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "refunded"
    assert shop.right() == shop.clock.at
    assert refund(shop, paid).error.fields == {"REFUND_TOO_HIGH"}
    fees = shop.balance("fees", currency)
    assert shop.balance(f"provider.{provider}", currency) == -fees, "what is left is what the provider kept"
    assert shop.balance("tax", currency) == 0, "the tax went back with it, to the last unit"
    assert len(shop.events("refund.made")) == 3
    shop.require_balanced()


def test_refunds_at_once_never_exceed_what_was_paid(shop: Shop) -> None:
    paid = shop.buy()
    shop.admin.get("/api/coupons")
    statuses = at_once(*[lambda: refund(shop, paid, amount=200_000).status] * 6)
    assert statuses.count(202) <= 2 and set(statuses) <= {202, 409, 422}
    shop.settle()
    found = shop.buyer.get("/api/payments").data[0]
    assert found["refunded"]["amount"] == 200_000 * statuses.count(202) <= 500_000
    back = sum(each.amount for each in shop.providers.books.refunds)
    assert back == 200_000 * statuses.count(202)
    shop.require_balanced()


def test_a_refund_that_fails_may_be_asked_for_again(shop: Shop) -> None:
    paid = shop.buy()
    shop.providers.books.provisions.slow_refunds = True
    refund(shop, paid)
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "paid"
    assert refund(shop, paid).error.fields == {"REFUND_TOO_HIGH"}
    shop.providers.finish_refunds(well=False)
    shop.clock.advance(days=1, hours=1)
    shop.run("open_orders")
    shop.providers.books.provisions.slow_refunds = False
    shop.providers.books.transactions["paystack", paid["reference"]].refunded = Decimal(0)
    assert refund(shop, paid).status == 202
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "refunded"
    shop.require_balanced()


def test_a_refund_whose_answer_is_lost_is_sent_once(shop: Shop) -> None:
    paid = shop.buy(provider="stripe", currency="USD")
    shop.providers.books.provisions.lost.add("stripe")
    refund(shop, paid)
    assert workers.deliver(shop.cloud, shop.tenant, only="payments") == 0
    shop.providers.books.provisions.lost.clear()
    shop.providers.take_webhooks()  # they never come
    shop.clock.advance(hours=1)
    shop.run("open_orders")
    assert len(shop.providers.books.refunds) == 1
    assert shop.buyer.get("/api/payments").data[0]["state"] == "refunded"
    assert len(shop.events("refund.made")) == 1


@pytest.mark.parametrize(("provider", "currency"), [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")])
def test_a_refund_made_at_the_provider_is_taken_over_once(shop: Shop, provider: str, currency: str) -> None:
    paid = shop.buy(provider=provider, currency=currency)
    shop.providers.refund(provider, paid["reference"], Decimal(500))
    waiting = shop.providers.take_webhooks() * 3
    for webhook in waiting:
        shop.tell(webhook)
    shop.work()
    found = shop.buyer.get("/api/payments").data[0]
    expected = 50_000 if provider == "flutterwave" else 500
    assert (found["state"], found["refunded"]["amount"]) == ("partly_refunded", expected)
    shop.require_balanced()


def test_only_what_was_refunded_goes(shop: Shop) -> None:
    plan("gold", product="Gold", tier="gold", title="Gold")
    first, other = shop.buy(), shop.buy(planId="gold")
    second = shop.buy()
    refund(shop, first)
    shop.settle()
    assert shop.right("PLAN#Gold") == shop.clock.at.replace(month=2)
    assert shop.right() is not None and shop.right() > shop.clock.at  # type: ignore[operator]
    refund(shop, second)
    shop.settle()
    assert shop.right() == shop.clock.at
    assert shop.right("PLAN#Gold") == shop.clock.at.replace(month=2) and other["state"] == "paid"


@pytest.mark.parametrize(("provider", "currency"), [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")])
def test_a_dispute_takes_the_money_until_it_is_decided(shop: Shop, provider: str, currency: str) -> None:
    paid = shop.buy(provider=provider, currency=currency)
    before = shop.balance(f"provider.{provider}", currency)
    dispute = shop.providers.dispute(provider, paid["reference"])
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "disputed"
    assert shop.balance("disputes", currency) == paid["total"]["amount"]
    assert refund(shop, paid).error.fields == {"REFUND_TOO_HIGH"}, "its bank has all of it"
    shop.providers.decide(dispute, "won")
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "paid"
    assert shop.balance(f"provider.{provider}", currency) == before
    lost = shop.providers.dispute(provider, paid["reference"])
    shop.settle()
    shop.providers.decide(lost, "lost")
    shop.settle()
    assert shop.right() == shop.clock.at and shop.balance("disputes", currency) == 0
    assert refund(shop, paid, amount=1).error.fields == {"REFUND_TOO_HIGH"}, "it went back already"
    shop.require_balanced()


def test_refunds_are_for_staff_who_administer_and_leave_an_audit(shop: Shop) -> None:
    paid = shop.buy()
    assert shop.buyer.post(f"/api/refunds/{paid['paymentId']}", WHY).status == 403
    assert shop.admin.post(f"/api/refunds/{'0' * 26}", WHY).status == 404
    unpaid = shop.order().data
    assert refund(shop, unpaid).error.fields == {"NOTHING_PAID"}
    refund(shop, paid)
    acts = [item["action"]["S"] for item in shop.cloud.items(shop.tenant) if item["kind"]["S"] == "audit_event"]
    assert "payment.refund" in acts


def test_money_that_fits_no_order_goes_back_from_where_it_stands(shop: Shop) -> None:
    made = shop.order().data
    known = shop.providers.books.find("paystack", made["reference"])
    assert known is not None
    known.amount = Decimal(400_000)
    shop.act(made)
    shop.settle()
    assert shop.balance("suspense", "NGN") == -400_000
    shop.providers.refund("paystack", made["reference"], Decimal(400_000))
    shop.settle()
    assert shop.balance("suspense", "NGN") == 0 and shop.balance("refunds", "NGN") == 0
    shop.require_balanced()


def test_a_refund_of_a_period_that_is_over_ends_nothing(shop: Shop) -> None:
    plan("gold", product="Gold", tier="gold", title="Gold", prices=[{"amount": 3_000, "currency": "USD"}])
    name = shop.subscribed()["subscriptionId"]
    changed = shop.buyer.post(f"/api/subscriptions/{name}/change", {"planId": "gold"}).data["payment"]
    shop.settle()
    shop.clock.advance(days=32)
    shop.run("renewals")
    refund(shop, changed)
    shop.settle()
    assert shop.current()["state"] == "active" and shop.right("PLAN#Gold") > shop.clock.at  # type: ignore[operator]
    (latest, *_) = shop.buyer.get("/api/payments").data
    refund(shop, latest)
    shop.settle()
    assert (shop.current()["state"], shop.current()["endReason"]) == ("ended", "refunded")
    shop.require_balanced()
