"""The local providers: a page to pay on, keys that are asked for, and nothing of them in the product."""

import ast
import json
from pathlib import Path

import pytest

from lyceum.rules.providers import calls, registry, stripe
from lyceum.rules.providers.port import Order, ProviderRefused
from lyceum.rules.providers.units import from_decimal, from_hundredths, hundredths, writable
from tests.payments.conftest import HOME, Shop, plan

ROOT = Path(__file__).parents[2]


def test_the_page_lets_a_buyer_pay_decline_abandon_and_wait(shop: Shop) -> None:
    made = shop.order(callbackUrl="https://school.example.org/back").data
    target = made["checkoutUrl"].removeprefix("https://providers.test")
    status, _, page = shop.providers.handle("GET", target, {}, b"")
    assert status == 200 and all(
        f'value="{action}"' in page.decode() for action in ("pay", "decline", "abandon", "later")
    )
    for action, state in (("abandon", "created"), ("later", "pending"), ("pay", "paid")):
        status, headers, _ = shop.providers.handle("POST", target, {}, f"action={action}&channel=ussd".encode())
        assert (status, headers["location"]) == (303, "https://school.example.org/back")
        found = shop.buyer.get(f"/api/payments/verify/{made['reference']}").data
        assert (found["state"], found.get("channel", "ussd")) == (state, "ussd")
    assert shop.providers.handle("POST", target, {}, b"action=steal")[0] == 400
    assert shop.providers.handle("GET", "/checkout/paystack/none", {}, b"")[0] == 404
    assert shop.providers.handle("GET", "/elsewhere", {}, b"")[0] == 404


@pytest.mark.parametrize("target", ["/paystack/refund/1", "/flutterwave/charges", "/stripe/v1/refunds/re_1"])
def test_a_call_without_its_key_is_refused(shop: Shop, target: str) -> None:
    status, _, body = shop.providers.handle("GET", target, {}, b"")
    assert status == 401 and json.loads(body)


def test_demands_are_done(shop: Shop) -> None:
    made = shop.order().data
    named = {"provider": "paystack", "reference": made["reference"]}
    for what, given in (("down", {"providers": ["stripe"]}), ("up", {}), ("act", {**named, "action": "pay"}),
                        ("dispute", named), ("declines", {"provider": "stripe", "count": 1})):  # fmt: skip
        assert shop.providers.handle("POST", f"/_demand/{what}", {}, json.dumps(given).encode())[0] == 200
    assert shop.providers.handle("POST", "/_demand/nothing", {}, b"{}")[0] == 404
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["state"] == "disputed"


def test_the_product_imports_nothing_of_them() -> None:
    for home in ("functions", "layers/lyceum/python"):
        for path in (ROOT / home).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
                assert not [name for name in names if name.split(".")[0] == "local"], path


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(1_999, "NGN", 1_999), (500, "XOF", 50_000), (1_230, "KWD", 123)],
)
def test_amounts_are_written_in_hundredths_of_the_major_unit(amount: int, currency: str, written: int) -> None:
    assert hundredths(amount, currency) == written and from_hundredths(written, currency) == amount
    assert from_decimal("19.99", "NGN") == 1_999 and from_decimal(500, "XOF") == 500
    with pytest.raises(ProviderRefused):
        hundredths(1_234, "KWD")
    with pytest.raises(ValueError, match="no whole number"):
        from_decimal("0.5", "XOF")


def test_decimal_numbers_are_written_digit_by_digit() -> None:
    from decimal import Decimal

    assert calls.write({"a": Decimal("0.10"), "b": [Decimal(12), "x\u00e9"]}) == '{"a": 0.10, "b": [12, "x\\u00e9"]}'
    with pytest.raises(TypeError):
        calls.write({"a": object()})


def test_currencies_without_minor_units_go_through_each_provider(shop: Shop) -> None:
    plan(
        "africa", product="Africa", prices=[{"amount": 3_000, "currency": cur} for cur in ("XOF", "UGX", "ISK", "KES")]
    )
    for provider in ("paystack", "flutterwave", "stripe"):
        for currency in ("XOF", "UGX", "ISK", "KES"):
            paid = shop.buy(provider=provider, currency=currency, planId="africa")
            assert (paid["state"], paid["total"]) == ("paid", {"amount": 3_000, "currency": currency})
    shop.require_balanced()


@pytest.mark.parametrize("provider", ["paystack", "stripe"])
def test_an_amount_that_a_provider_can_not_write_is_refused_before_anything_is_stored(
    shop: Shop, provider: str
) -> None:
    plan("gulf", product="Gulf", prices=[{"amount": 1_234, "currency": "KWD"}])
    wanted = {"provider": provider, "currency": "KWD", "planId": "gulf"}
    refused = shop.order(**wanted)
    assert (refused.status, refused.error.fields) == (422, {"PROVIDER_REFUSED"})
    assert shop.buyer.post("/api/subscriptions", wanted).status == 422
    assert shop.buyer.get("/api/payments").data == [] and shop.current() == {}
    assert shop.buy(provider="flutterwave", currency="KWD", planId="gulf")["state"] == "paid"


@pytest.mark.parametrize("provider", ["paystack", "stripe"])
def test_a_currency_of_three_places_is_charged_and_refunded_in_tens(shop: Shop, provider: str) -> None:
    plan("gulf", product="Gulf", prices=[{"amount": 1_230, "currency": "KWD"}])
    paid = shop.buy(provider=provider, currency="KWD", planId="gulf")
    assert (paid["state"], paid["total"]["amount"]) == ("paid", 1_230)
    address = f"/api/refunds/{paid['paymentId']}"
    refused = shop.admin.post(address, {"reason": "half", "amount": 615})
    assert (refused.status, refused.error.fields) == (422, {"PROVIDER_REFUSED"})
    assert shop.admin.post(address, {"reason": "half", "amount": 610}).status == 202
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["refunded"]["amount"] == 610
    shop.require_balanced()


@pytest.mark.parametrize("provider", ["paystack", "stripe"])
def test_a_charge_of_thousandths_has_failed_and_none_is_sent(shop: Shop, provider: str) -> None:
    asked = Order("main-1", 1_234, "KWD", "Gulf", "a@example.com", HOME)
    assert registry.provider(provider).charge(asked, "cus_1:pm_1").state == "failed"
    with pytest.raises(ProviderRefused):
        registry.provider(provider).begin(asked)


def test_the_local_stripe_takes_no_thousandths(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "hundredths", lambda *_: 0)
    with pytest.raises(ProviderRefused):
        registry.provider("stripe").begin(Order("main-1", 1_234, "KWD", "Gulf", "a@example.com", HOME))


@pytest.mark.parametrize(("amount", "currency", "sent"), [(1_234, "KWD", 1_230), (9, "KWD", 0), (99, "NGN", 99)])
def test_payouts_are_of_what_every_provider_can_write(amount: int, currency: str, sent: int) -> None:
    assert writable(amount, currency) == sent
