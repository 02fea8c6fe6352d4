"""A checkout from its price to what it gives, by each provider."""

import pytest

from lyceum.kit.table import Unit
from lyceum.model.payments.orders import Payment
from tests.payments.conftest import Shop, plan

PROVIDERS = [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")]


@pytest.mark.parametrize(("provider", "currency"), PROVIDERS)
def test_a_plan_is_ordered_paid_and_given(shop: Shop, provider: str, currency: str) -> None:
    made = shop.order(provider=provider, currency=currency).data
    assert made["state"] == "created" and made["checkoutUrl"].startswith("https://providers.test/checkout/")
    assert shop.right() is None
    shop.act(made)
    shop.settle()
    found = shop.buyer.get(f"/api/payments/verify/{made['reference']}").data
    assert (found["state"], found["channel"], found["total"]) == ("paid", "card", made["total"])
    assert shop.right() == shop.clock.at.replace(month=2)
    assert shop.entries(made["paymentId"]) == ["paid"]
    assert shop.balance(f"provider.{provider}", currency) > 0
    shop.require_balanced()


@pytest.mark.parametrize(("provider", "currency"), PROVIDERS)
def test_a_decline_gives_nothing_and_money_that_comes_later_is_taken(shop: Shop, provider: str, currency: str) -> None:
    made = shop.order(provider=provider, currency=currency).data
    shop.act(made, "decline")
    shop.settle()
    found = shop.buyer.get(f"/api/payments/verify/{made['reference']}").data
    assert found["state"] in {"failed", "created"} and shop.right() is None
    shop.act(made)
    shop.settle()
    assert shop.buyer.get(f"/api/payments/verify/{made['reference']}").data["state"] == "paid"
    assert shop.right() is not None
    shop.require_balanced()


def test_a_transfer_is_pending_until_the_bank_has_done_it(shop: Shop) -> None:
    made = shop.order(provider="flutterwave").data
    shop.act(made, "later", "bank_transfer")
    assert shop.buyer.get(f"/api/payments/verify/{made['reference']}").data["state"] == "pending"
    assert [each["paymentId"] for each in shop.events("order.pending")] == [made["paymentId"]]
    shop.clock.advance(hours=30)
    shop.run("open_orders")
    assert shop.buyer.get("/api/payments").data[0]["state"] == "pending"
    shop.act(made, "pay", "bank_transfer")
    shop.providers.take_webhooks()  # they never come
    shop.clock.advance(hours=2)
    shop.run("open_orders")
    assert shop.buyer.get("/api/payments").data[0]["state"] == "paid"
    shop.require_balanced()


def test_an_order_that_nobody_pays_ends_after_a_day(shop: Shop) -> None:
    made = shop.order().data
    shop.clock.advance(hours=23)
    shop.run("open_orders")
    assert shop.buyer.get("/api/payments").data[0]["state"] == "created"
    shop.clock.advance(hours=2)
    shop.run("open_orders")
    (found,) = shop.buyer.get("/api/payments", {"state": "cancelled"}).data
    assert found["paymentId"] == made["paymentId"] and "checkoutUrl" not in found
    assert [each["paymentId"] for each in shop.events("order.cancelled")] == [made["paymentId"]]


def test_the_price_charged_is_the_price_shown(shop: Shop) -> None:
    assert shop.order(expectedAmount=500_000).status == 201
    refused = shop.order(expectedAmount=400_000)
    assert refused.error.code == "PRICE_CHANGED" and "5000.00 NGN" in refused.error.message
    assert shop.order(currency="EUR").error.fields == {"CURRENCY_NOT_OFFERED"}
    assert shop.order(currency="USD", country="GH", provider="stripe").data["total"]["amount"] == 800
    assert shop.order(planId="nothing").status == 404
    plan("old", is_active=False)
    assert shop.order(planId="old").status == 404
    assert shop.order(callbackUrl="http://evil.example/back").error.fields == {"CALLBACK_REFUSED"}
    assert shop.order(planId="plus-monthly", courseId="0" * 26).status == 400


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "USD"}])
def test_money_that_is_not_what_was_asked_for_is_kept_apart(shop: Shop, wrong: dict[str, object]) -> None:
    made = shop.order().data
    known = shop.providers.books.find("paystack", made["reference"])
    assert known is not None
    for name, value in wrong.items():
        setattr(known, name, value)
    shop.act(made)
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "held"
    assert shop.right() is None and shop.entries(made["paymentId"]) == ["held"]
    shop.require_balanced()


def test_a_checkout_takes_three_requests_and_one_transaction(shop: Shop) -> None:
    answer = shop.order(couponCodes=[])
    assert answer.status == 201
    own = [each for each in answer.cost.operations if each in {"BatchGetItem", "TransactWriteItems", "PutItem"}]
    assert len(own) <= 2 and answer.cost.requests <= 4  # the limit's count is one of them


def test_payments_are_their_buyers_alone(shop: Shop) -> None:
    made = shop.buy()
    eve = shop.client.as_("eve", "student")
    assert eve.get("/api/payments").data == []
    assert eve.get(f"/api/payments/verify/{made['reference']}").status == 404
    assert eve.get(f"/api/payments/{made['paymentId']}/receipt").status == 404
    payment_id = made["reference"].rpartition("-")[2]
    assert shop.buyer.get(f"/api/payments/verify/other-{payment_id}").status == 404
    assert [each["paymentId"] for each in shop.buyer.get("/api/payments").data] == [payment_id]


def test_the_same_key_orders_once(shop: Shop) -> None:
    body = {"provider": "paystack", "currency": "NGN", "planId": "plus-monthly"}
    answers = [shop.buyer.post("/api/payments/initialize", body, idempotency_key="k") for _ in range(3)]
    assert len({each.data["paymentId"] for each in answers}) == 1
    assert len(shop.buyer.get("/api/payments").data) == 1


def test_one_more_period_follows_the_one_there_is(shop: Shop) -> None:
    shop.buy()
    shop.buy(provider="flutterwave")
    assert shop.right() == shop.clock.at.replace(month=3)


def test_a_provider_that_is_not_set_up_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from lyceum.rules.providers import keys

    monkeypatch.setattr(keys, "_read", keys.ProviderKeys)
    monkeypatch.setattr(keys, "_known", None)
    assert shop.order().error.fields == {"PROVIDER_NOT_SET_UP"}
    assert shop.client.get("/api/plans").data["providers"] == []
    assert shop.client.post("/api/payments/webhook/paystack", {}).status == 404


def test_receipts_are_numbered_without_gaps_and_never_change(shop: Shop) -> None:
    bought = [shop.buy(shop.client.as_(f"buyer{number}", "student")) for number in range(4)]
    seen = []
    for number, payment in enumerate(bought):
        buyer = shop.client.as_(f"buyer{number}", "student")
        receipt = buyer.get(f"/api/payments/{payment['paymentId']}/receipt").data
        seen.append(receipt["number"])
        assert receipt["total"] == {"amount": 500_000, "currency": "NGN"}
        assert (receipt["tax"]["amount"], receipt["taxName"], receipt["taxPercent"]) == (34_884, "VAT", "7.5")
    assert sorted(seen) == [1, 2, 3, 4]
    pending = shop.order().data
    assert shop.buyer.get(f"/api/payments/{pending['paymentId']}/receipt").status == 404
    shop.act(pending)
    for webhook in shop.providers.take_webhooks():
        shop.tell(webhook)
    shop.buyer.get(f"/api/payments/verify/{pending['reference']}")
    assert shop.buyer.get(f"/api/payments/{pending['paymentId']}/receipt").error.code == "RECEIPT_PENDING"
    Unit().change(Payment.at(payment_id=bought[0]["paymentId"]), Payment.title.set("Another")).commit()
    again = shop.client.as_("buyer0", "student").get(f"/api/payments/{bought[0]['paymentId']}/receipt").data
    assert again["lines"][0]["text"] == "Plus"
