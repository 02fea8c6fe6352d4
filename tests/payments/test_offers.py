"""Plans and coupons: what is for sale, and what is taken off whatever else happens."""

import json
from datetime import timedelta
from functools import partial

import pytest

from lyceum.kit import clock as clocks
from lyceum.model.payments.coupons import Coupon
from tests.payments.conftest import Shop, plan
from tests.support.http import Client
from tests.support.threads import at_once

from functions.payments.offers import plan_files


def make(shop: Shop, code: str, **values: object) -> None:
    assert shop.admin.post("/api/coupons", {"code": code, **values}).status == 201


def test_plans_are_listed_with_the_prices_of_a_country(shop: Shop) -> None:
    plan("hidden", is_active=False)
    (shown,) = shop.client.get("/api/plans").data["plans"]
    assert [(row["amount"], row["currency"]) for row in shown["prices"]] == [
        (500_000, "NGN"), (1_000, "USD"), (800, "USD"),
    ]  # fmt: skip
    (there,) = shop.client.get("/api/plans", {"currency": "USD", "country": "GH"}).data["plans"]
    assert [row["amount"] for row in there["prices"]] == [800]
    assert shop.client.get("/api/plans", {"currency": "EUR"}).data["plans"] == []
    assert shop.client.get("/api/plans").data["providers"] == ["paystack", "flutterwave", "stripe"]


def test_plans_of_a_file_are_checked_before_any_is_stored(shop: Shop) -> None:
    row = {
        "planId": "pro", "product": "Pro", "tier": "pro", "title": "Pro", "interval": "year",
        "prices": [{"amount": 100, "currency": "USD"}],
    }  # fmt: skip
    price = row["prices"][0]
    unclear = [[price, {**price, "amount": 90}], [{**price, "currency": "XYZ"}], [{**price, "country": "ZZ"}]]
    wrong_rows = [{**row, "interval": "day"}, *({**row, "prices": prices} for prices in ([], *unclear))]
    for wrong in ([row, row], {"a": 1}, *([each] for each in wrong_rows)):
        with pytest.raises(plan_files.WrongPlans):
            plan_files.read(json.dumps(wrong))
    with pytest.raises(plan_files.WrongPlans):
        plan_files.read("[")
    plan_files.store(plan_files.read(json.dumps([row])))
    assert [each["planId"] for each in shop.client.get("/api/plans").data["plans"]] == ["pro"]


def test_what_coupons_take_off_is_charged_and_booked(shop: Shop) -> None:
    make(shop, "tenth", percent="10", stacks=True)
    make(shop, "MINUS", amount=50_000, currency="NGN", stacks=True)
    found = shop.buyer.post("/api/coupons/tenth/validate", {"planId": "plus-monthly", "currency": "NGN"}).data
    assert (found["isValid"], found["total"]["amount"]) == (True, 450_000)
    paid = shop.buy(couponCodes=["minus", "tenth"])
    assert paid["total"]["amount"] == 400_000 and paid["tax"]["amount"] == 27_907
    assert shop.balance("discount", "NGN") == 100_000
    uses = {row["code"]: row["uses"] for row in shop.admin.get("/api/coupons").data}
    assert uses == {"TENTH": 1, "MINUS": 1}
    shop.require_balanced()


def test_a_price_never_falls_below_zero_and_nothing_is_asked_for_it(shop: Shop) -> None:
    make(shop, "ALL", percent="100", stacks=True)
    make(shop, "MORE", amount=1_000, currency="NGN", stacks=True)
    made = shop.order(couponCodes=["ALL", "MORE"])
    assert (made.data["state"], made.data["total"]["amount"], made.data["provider"]) == ("paid", 0, "none")
    assert shop.right() is not None and shop.providers.books.transactions == {}
    shop.settle()
    assert [each["what"] for each in shop.events("order.confirmed")] == ["Plus"]
    shop.require_balanced()


def test_every_rule_of_a_coupon_refuses_by_its_name(shop: Shop) -> None:
    now = shop.clock.at
    rules: dict[str, dict[str, object]] = {
        "COUPON_NOT_STARTED": {"startsAt": clocks.iso(now + timedelta(days=1))},
        "COUPON_ENDED": {"endsAt": clocks.iso(now)},
        "COUPON_OTHER_PRODUCT": {"products": ["gold", "COURSE#x"]},
        "COUPON_FIRST_PURCHASE": {"firstPurchase": True},
    }
    shop.buy()
    for number, (rule, values) in enumerate(rules.items()):
        make(shop, f"RULE{number}", percent="5", **values)
        found = shop.buyer.post(f"/api/coupons/RULE{number}/validate", {"planId": "plus-monthly", "currency": "NGN"})
        assert (found.data["isValid"], found.data["reason"]) == (False, rule)
        assert shop.order(couponCodes=[f"RULE{number}"]).error.fields == {rule}
    make(shop, "DOLLARS", amount=5, currency="USD")
    assert shop.order(couponCodes=["DOLLARS"]).error.fields == {"COUPON_OTHER_CURRENCY"}
    make(shop, "ALONE", percent="5")
    assert shop.order(couponCodes=["ALONE", "DOLLARS"], currency="USD", provider="stripe").error.fields == {
        "COUPON_NOT_STACKABLE"
    }
    assert shop.order(couponCodes=["NOTHING"]).error.fields == {"COUPON_UNKNOWN"}
    assert shop.buyer.post("/api/coupons/NOTHING/validate", {"planId": "plus-monthly", "currency": "NGN"}).status == 404
    assert shop.admin.delete("/api/coupons/alone").status == 200
    assert shop.order(couponCodes=["ALONE"]).error.fields == {"COUPON_UNKNOWN"}
    assert shop.admin.delete("/api/coupons/NOTHING").status == 404
    assert shop.admin.post("/api/coupons", {"code": "ALONE", "percent": "5"}).error.code == "COUPON_EXISTS"
    unknown = [{"percent": "5", "products": [name]} for name in ("", "Store", "PLAN", "COURSE#", "BOOK#1")]
    rules_wrong = ({"percent": "5", "amount": 5}, {}, {"amount": 5}, {"percent": "101"}, {"percent": "0"})
    for wrong in (*rules_wrong, *unknown):
        assert shop.admin.post("/api/coupons", {"code": "WRONG", **wrong}).status == 400


def test_limits_hold_for_orders_at_once_and_free_ones_come_back(shop: Shop) -> None:
    make(shop, "FEW", percent="50", mostUses=2, mostPerPerson=1)
    buyers = [shop.client.as_(f"b{number}", "student") for number in range(5)]
    calls = [partial(_order_with_few, shop, buyer) for buyer in buyers]
    statuses = at_once(*calls)
    assert sorted(statuses) == [201, 201, 422, 422, 422]
    winner = buyers[statuses.index(201)]
    assert shop.order(winner, couponCodes=["FEW"]).error.fields <= {"COUPON_USED_BY_YOU", "COUPON_USED_UP"}
    assert Coupon.require(code="FEW").uses == 2
    shop.clock.advance(hours=25)
    shop.run("open_orders")
    assert Coupon.require(code="FEW").uses == 0
    assert shop.order(winner, couponCodes=["FEW"]).status == 201


def _order_with_few(shop: Shop, buyer: Client) -> int:
    return shop.order(buyer, couponCodes=["FEW"]).status


def test_coupons_are_staffs(shop: Shop) -> None:
    for caller in (shop.buyer, shop.client.as_("instructor"), shop.client.as_("moderator")):
        assert caller.post("/api/coupons", {"code": "MINE", "percent": "5"}).status == 403
        assert caller.get("/api/coupons").status == 403
