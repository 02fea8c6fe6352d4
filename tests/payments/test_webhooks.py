"""What providers tell: proven, kept, and of one effect however often and in whatever order it comes."""

import base64
import hashlib
import hmac
import json
import random
from typing import Any

import pytest

from local.payments.state import Webhook
from lyceum.kit import clock as clocks
from lyceum.rules.providers.flutterwave import Flutterwave
from lyceum.rules.providers.keys import FlutterwaveKeys, PaystackKeys, StripeKeys, WrongKeys, parse
from lyceum.rules.providers.paystack import Paystack
from lyceum.rules.providers.port import BadSignature
from lyceum.rules.providers.stripe import Stripe
from tests.payments.conftest import Shop
from tests.support.clock import Clock

BODY = (
    b'{"event":"charge.success","data":{"id":302961,"reference":"qTPrJoy9Bx","amount":10000,'
    b'"currency":"NGN","status":"success"}}'
)
STAMP = 1_700_000_000


def test_signatures_are_those_of_known_vectors(clock: Clock) -> None:
    """Vectors made apart from this code, by the providers' published rules."""
    from datetime import UTC, datetime

    paystack = Paystack(PaystackKeys(secret_key="sk_test_lyceum"))
    good = hmac.new(b"sk_test_lyceum", BODY, hashlib.sha512).hexdigest()
    assert good.startswith("f03f93bc") and good.endswith("5ebc")
    assert paystack.read_webhook({"x-paystack-signature": good}, BODY).reference == "qTPrJoy9Bx"
    flutterwave = Flutterwave(FlutterwaveKeys(client_id="c", client_secret="s", secret_hash="hash"))
    told = flutterwave.read_webhook({"flutterwave-signature": "w+NnEQJ5drp1m8G8vST32DonG//Knx2StP2I71XYisI="}, BODY)
    assert told.about == "none"
    clock.move_to(datetime.fromtimestamp(STAMP, UTC))
    stripe = Stripe(StripeKeys(secret_key="sk", webhook_secrets=["whsec_new", "whsec_test_secret"]))
    mark = "aae7699a3345777c60b8d9e02accb15de400a2432f70d5f3137d80c0ce634d39"
    assert stripe.read_webhook({"stripe-signature": f"t={STAMP},v1=00,v1={mark},v0=x"}, BODY).about == "none"
    wrong = [
        (paystack, {}),
        (paystack, {"x-paystack-signature": good[:-1] + "0"}),
        (paystack, {"x-paystack-signature": good.upper()}),
        (flutterwave, {"flutterwave-signature": "hash"}),
        (flutterwave, {"verif-hash": "hash"}),
        (stripe, {"stripe-signature": f"t={STAMP},v0={mark}"}),
        (stripe, {"stripe-signature": f"t={STAMP + 1},v1={mark}"}),
        (stripe, {"stripe-signature": f"v1={mark}"}),
        (stripe, {"stripe-signature": f"t={STAMP},t={STAMP},v1={mark}"}),
        (stripe, {"stripe-signature": "t=\u0663,v1=\u00e9"}),
    ]
    for provider, headers in wrong:
        with pytest.raises(BadSignature):
            provider.read_webhook(headers, BODY)  # type: ignore[attr-defined]
    clock.advance(seconds=301)
    with pytest.raises(BadSignature):
        stripe.read_webhook({"stripe-signature": f"t={STAMP},v1={mark}"}, BODY)


def test_what_is_not_signed_is_refused_and_leaves_nothing(shop: Shop) -> None:
    made = shop.order().data
    shop.act(made)
    (webhook,) = shop.providers.take_webhooks()
    webhook.body = webhook.body.replace(b"500000", b"1")
    refused = shop.tell(webhook)
    assert (refused.status, refused.error.code) == (401, "BAD_SIGNATURE")
    assert shop.client.post("/api/payments/webhook/paypal", {}).status == 404
    assert not [item for item in shop.cloud.items(shop.tenant) if item["kind"]["S"] == "provider_event"]


@pytest.mark.parametrize("name", ["paystack", "flutterwave", "stripe"])
def test_what_is_signed_and_yet_no_message_is_refused_and_leaves_nothing(shop: Shop, name: str) -> None:
    for body in (b"", b"x", b"[]", b"null", b"[" * 5_000, b'{"data":' * 5_000):
        told = shop.tell(signed(name, body))
        assert (told.status, told.error.code) == (400, "BAD_REQUEST"), body[:20]
    assert not [item for item in shop.cloud.items(shop.tenant) if item["kind"]["S"] == "provider_event"]


def signed(name: str, body: bytes) -> Webhook:
    """Sign whatever it is as a provider does."""
    if name == "paystack":
        return Webhook(name, {"x-paystack-signature": _hmac("sk_test_lyceum", body, hashlib.sha512).hexdigest()}, body)
    if name == "flutterwave":
        mark = base64.b64encode(_hmac("hash", body, hashlib.sha256).digest()).decode()
        return Webhook(name, {"flutterwave-signature": mark}, body)
    stamp = int(clocks.now().timestamp())
    mark = _hmac("whsec_local", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return Webhook(name, {"stripe-signature": f"t={stamp},v1={mark}"}, body)


def _hmac(key: str, body: bytes, digest: Any) -> hmac.HMAC:
    return hmac.new(key.encode(), body, digest)


def test_a_thousand_shuffled_and_doubled_webhooks_have_one_effect_each(shop: Shop) -> None:
    chance = random.Random(7)
    buyers = [shop.client.as_(f"b{number}", "student") for number in range(4)]
    providers = [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")]
    made = [
        shop.order(buyer, provider=provider, currency=currency).data
        for provider, currency in providers
        for buyer in buyers * 2
    ]
    for payment in made:
        shop.act(payment, chance.choice(["pay", "later", "decline"]))
        shop.act(payment)
    told = shop.providers.take_webhooks()
    waiting = told * (1_000 // len(told) + 1)
    chance.shuffle(waiting)
    for webhook in waiting[:1_000]:
        assert shop.tell(webhook).status == 200
    shop.work()
    assert len(shop.events("payment.confirmed")) == len(made)
    for payment in made:
        assert shop.entries(payment["paymentId"]) == ["paid"]
    for provider, currency in providers:
        gross = sum(each["total"]["amount"] for each in made if each["provider"] == provider)
        assert shop.balance(f"provider.{provider}", currency) == gross - sum(
            int(each.fee * (100 if provider == "flutterwave" else 1)) for each in shop.providers.books.of(provider)
        )
    shop.require_balanced()


def test_unknown_and_late_events_are_kept(shop: Shop) -> None:
    from local.payments import paystack

    stranger = paystack.webhook("charge.success", {"id": 1, "reference": f"{shop.tenant}-{'0' * 26}", "amount": 1})
    other = paystack.webhook("transfer.success", {"id": 2, "reference": "elsewhere"})
    for webhook in (stranger, other):
        assert shop.tell(webhook).status == 200
    shop.work()
    kept = {
        item["type"]["S"]: item["state"]["S"]
        for item in shop.cloud.items(shop.tenant)
        if item["kind"]["S"] == "provider_event"
    }
    assert kept == {"charge.success": "unknown", "transfer.success": "ignored"}


def test_another_tenants_payment_is_settled_in_its_own_tenant(shop: Shop) -> None:
    """All tenants share a provider's account, so a webhook finds its tenant by its reference, at any host."""
    made = shop.order().data
    shop.act(made)
    (webhook,) = shop.providers.take_webhooks()
    abroad = shop.client.of(f"{shop.tenant}-abroad")
    sent = abroad.send("POST", "/api/payments/webhook/paystack", webhook.body.decode(), None, dict(webhook.headers))
    assert sent.status == 200
    shop.work()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "paid"
    assert [item["kind"]["S"] for item in shop.cloud.items(abroad.tenant) if "pa" in item["kind"]["S"]] == []


def test_a_provider_that_is_down_opens_its_circuit_and_loses_nothing(shop: Shop) -> None:
    made = shop.order().data
    shop.act(made)
    webhooks = shop.providers.take_webhooks()
    shop.providers.books.provisions.down.add("paystack")
    for _ in range(5):
        refused = shop.order(shop.client.as_("eve", "student"))
        assert (refused.status, refused.error.code) == (503, "PROVIDER_UNAVAILABLE")
    calls = []
    original = shop.providers.handle
    shop.providers.handle = lambda *given: calls.append(given) or original(*given)  # type: ignore[method-assign, func-returns-value]
    assert int(shop.order().headers["Retry-After"]) > 1
    assert calls == [], "nobody calls while the circuit is open"
    assert shop.order(provider="flutterwave").status == 201
    for webhook in webhooks:
        assert shop.tell(webhook).status == 200
    shop.clock.advance(days=1)
    shop.providers.books.provisions.down.clear()
    shop.run("open_orders")
    states = {each["paymentId"]: each["state"] for each in shop.buyer.get("/api/payments").data}
    assert states[made["paymentId"]] == "paid"
    assert shop.order().status == 201
    shop.require_balanced()


def test_a_lost_answer_never_charges_twice(shop: Shop) -> None:
    shop.subscribed()
    end = shop.current()["currentPeriodEnd"]
    shop.clock.advance(days=31, hours=1)
    shop.providers.books.provisions.lost.add("stripe")
    shop.run("renewals")
    assert len(shop.providers.books.of("stripe")) == 2, "it was charged, and we do not know"
    assert shop.current()["currentPeriodEnd"] == end
    shop.providers.books.provisions.lost.clear()
    shop.clock.advance(hours=1)
    shop.run("renewals")
    assert len(shop.providers.books.of("stripe")) == 2
    assert shop.current()["currentPeriodEnd"] > end and len(shop.events("subscription.renewed")) == 1
    shop.require_balanced()


def test_keys_that_are_wrong_are_named_and_not_shown() -> None:
    with pytest.raises(WrongKeys, match=r"paystack\.secretKey") as raised:
        parse(json.dumps({"paystack": {"key": "sk_live_x"}}))
    assert "sk_live_x" not in str(raised.value)
    with pytest.raises(WrongKeys):
        parse("no JSON")
    assert parse("{}").names == []


def test_a_saved_authorisation_is_stored_sealed(shop: Shop) -> None:
    shop.buy()
    kept = json.dumps(shop.cloud.items(shop.tenant))
    assert "AUTH_pm_" not in kept and "4081" not in kept
