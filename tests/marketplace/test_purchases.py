"""Buying: entitlement, commission and the seller's balance come with the money, once, and go back with it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.model.marketplace.sales import Sale
from lyceum.rules.ledger.booking import standing
from lyceum.rules.ledger.rounding import portion
from lyceum.rules.marketplace.sales import parts_of
from tests.marketplace.conftest import NGN, PRICE, Market, storage
from tests.support.http import Client, Reply
from tests.support.threads import at_once

EARNED = PRICE * 8 // 10


def test_what_is_paid_at_a_provider_is_booked_in_both_parts(market: Market) -> None:
    offer = market.listed()
    made = market.purchase(offer, expectedAmount=PRICE)
    assert (made.status, made.data["state"], made.data["total"]) == (201, "created", NGN)
    assert storage(made) <= 4, "two reads, one transaction, and the page's address"
    assert market.right(f"BANK#{offer['productId']}") is None and market.owed() == 0
    market.pay(made.data)
    market.settle()
    assert market.entries(made.data["paymentId"]) == ["paid"]
    assert market.owed() == EARNED
    assert market.balance("marketplace", "NGN") == EARNED - PRICE
    right = market.buyer.get(f"/api/marketplace/products/{offer['productId']}/questions")
    assert right.status == 200 and len(right.data["questions"]) == 1
    assert market.purchase(offer).error.code == "ALREADY_YOURS"
    assert len(market.events("offer.sold")) == 1
    market.require_balanced()


def test_credit_buys_at_once_in_one_transaction(market: Market) -> None:
    offer = market.listed()
    market.give_credit(market.buyer, PRICE + 500)
    made = market.purchase(offer)
    assert (made.data["state"], made.data["total"]["amount"]) == ("paid", 0)
    assert made.data["creditUsed"] == NGN and "checkoutUrl" not in made.data
    assert storage(made) == 3, "two reads and one transaction"
    assert standing(f"credit:{market.buyer.user_id}", "NGN") == 500 and market.owed() == EARNED
    market.require_balanced()
    assert market.admin.post(f"/api/refunds/{made.data['paymentId']}", {"reason": "x"}).error.fields == {
        "PAID_WITH_CREDIT"
    }


def test_credit_pays_a_part_and_the_provider_the_rest(market: Market) -> None:
    offer = market.listed()
    market.give_credit(market.buyer, 30_000)
    made = market.bought(offer)
    assert made["total"]["amount"] == PRICE - 30_000
    assert market.owed() == EARNED and market.balance("held", "NGN") == 0
    market.refund(made)
    assert market.owed() == EARNED - portion(EARNED, PRICE - 30_000, PRICE)
    market.require_balanced()


@pytest.mark.parametrize("provider", ["paystack", "flutterwave", "stripe"])
def test_refunds_take_back_both_parts_however_they_are_cut(market: Market, provider: str) -> None:
    offer = market.listed()
    made = market.purchase(offer, provider=provider).data
    market.pay(made, provider)
    market.settle()
    for amount in (33_333, 33_333):
        assert market.refund(made, amount=amount).status == 202
    assert market.owed() == EARNED - portion(EARNED, 66_666, PRICE)
    assert market.buyer.get(f"/api/marketplace/products/{offer['productId']}/questions").status == 200
    market.refund(made)
    assert market.owed() == 0 == market.balance("marketplace", "NGN")
    assert market.buyer.get(f"/api/marketplace/products/{offer['productId']}/questions").status == 404
    stats = market.own("stats")["figures"][0]
    assert (stats["sales"], stats["returns"], stats["net"]["amount"], stats["earned"]["amount"]) == (1, 1, 0, 0)
    assert [line["cause"] for line in market.own("statement")] == ["sale", "return", "return", "return"]
    market.require_balanced()
    assert market.bought(offer)["state"] == "created", "it may be bought anew"
    market.require_balanced()


def test_the_same_offer_paid_twice_becomes_credit(market: Market) -> None:
    offer = market.listed()
    market.give_credit(market.buyer, 10_000)
    first = market.purchase(offer).data
    second = market.purchase(offer).data
    for made in (first, second):
        market.pay(made)
    market.settle()
    assert market.owed() == EARNED
    assert standing(f"credit:{market.buyer.user_id}", "NGN") == PRICE
    states = {Sale.require(payment_id=made["paymentId"]).state for made in (first, second)}
    assert states == {"sold", "doubled"}
    doubled = next(m for m in (first, second) if Sale.require(payment_id=m["paymentId"]).state == "doubled")
    market.refund(doubled)
    assert market.owed() == EARNED, "the seller pays for nothing that was never sold"
    market.require_balanced()


def test_buyers_at_once_pay_once_each_and_one_buyer_once(market: Market) -> None:
    offer = market.listed()
    people = [market.client.as_(name, "student") for name in ("ada", "eve", "joy")]
    for each in people:
        market.give_credit(each, PRICE)
    market.seller.get("/api/marketplace/products")
    statuses = at_once(*[lambda each=each: market.purchase(offer, each).status for each in [*people, people[0]]])
    assert statuses.count(201) == 3 and set(statuses) <= {201, 409}
    assert market.owed() == 3 * EARNED
    assert [standing(f"credit:{each.user_id}", "NGN") for each in people] == [0, 0, 0]
    market.require_balanced()
    assert market.client.get(f"/api/marketplace/products/{offer['productId']}").data["sales"] == 3


def test_one_credit_is_spent_once(market: Market) -> None:
    offers = [market.listed() for _ in range(3)]
    market.give_credit(market.buyer, PRICE)
    made = at_once(*[lambda each=each: market.purchase(each) for each in offers])
    assert [each.status for each in made if each.status == 201].count(201) >= 1
    assert sum(each.status == 201 and each.data["state"] == "paid" for each in made) == 1
    assert standing(f"credit:{market.buyer.user_id}", "NGN") == 0 and market.owed() == EARNED
    market.require_balanced()


def test_purchases_are_refused_that_can_not_be(market: Market) -> None:
    offer = market.listed()
    assert market.purchase(offer, market.seller).error.fields == {"OWN_OFFER"}
    assert market.purchase(offer, expectedAmount=1).error.code == "PRICE_CHANGED"
    waiting = market.offer().data
    assert market.purchase(waiting).status == 404
    assert market.purchase({"productId": "0" * 26}).status == 404
    market.seller.patch(f"/api/marketplace/products/{offer['productId']}", {"state": "withdrawn"})
    assert market.purchase(offer).status == 404


def test_a_provider_that_is_down_leaves_an_order_that_ends_by_itself(market: Market) -> None:
    offer = market.listed()
    market.give_credit(market.buyer, 10_000)
    market.providers.books.provisions.down.add("paystack")
    assert market.purchase(offer).error.code == "PROVIDER_UNAVAILABLE"
    market.providers.books.provisions.down.clear()
    market.clock.advance(days=1, hours=1)
    market.run("open_orders")
    assert standing(f"credit:{market.buyer.user_id}", "NGN") == 10_000
    market.require_balanced()


def test_a_lost_dispute_takes_back_both_parts(market: Market) -> None:
    offer = market.listed()
    made = market.bought(offer)
    dispute = market.providers.dispute("paystack", made["reference"])
    market.settle()
    assert market.owed() == EARNED, "nothing is decided yet"
    market.providers.decide(dispute, "lost")
    market.settle()
    assert market.owed() == 0 == market.balance("disputes", "NGN")
    assert market.buyer.get(f"/api/marketplace/products/{offer['productId']}/questions").status == 404
    market.require_balanced()


def test_the_house_bears_what_a_coupon_takes_off(market: Market) -> None:
    market.admin.post("/api/coupons", {"code": "HALF", "percent": 50, "products": ["MARKETPLACE"], "mostUses": 1})
    offer = market.listed()
    wanted = {"couponCodes": ["half"]}
    assert market.purchase(offer, **wanted, expectedAmount=PRICE).error.code == "PRICE_CHANGED"
    made = market.purchase(offer, **wanted, expectedAmount=PRICE // 2)
    assert storage(made) <= 4, made.cost.operations
    assert (made.data["total"]["amount"], made.data["discount"]["amount"]) == (PRICE // 2, PRICE // 2)
    used_up = market.purchase(offer, market.client.as_("eve", "student"), **wanted)
    assert used_up.error.fields == {"COUPON_USED_UP"}
    market.pay(made.data)
    market.settle()
    assert (market.owed(), market.balance("discount", "NGN")) == (EARNED, PRICE // 2)
    market.refund(made.data, amount=PRICE // 2 - 1)
    market.refund(made.data)
    assert market.owed() == 0 == market.balance("discount", "NGN") == market.balance("marketplace", "NGN")
    assert market.own("stats")["figures"][0]["net"]["amount"] == 0
    market.require_balanced()


def test_a_coupon_can_be_asked_about_before_an_offer_is_bought(market: Market) -> None:
    offer, other = market.listed(), market.listed(title="Another")
    wanted = {"code": "TENTH", "percent": 10, "products": [f"OFFER#{offer['productId']}"], "mostPerPerson": 1}
    market.admin.post("/api/coupons", wanted)
    market.admin.post("/api/coupons", {"code": "EVERY", "percent": 50, "products": ["MARKETPLACE"]})

    def check(code: str, **asked: object) -> Reply:
        return market.buyer.post(f"/api/coupons/{code}/validate", {"currency": "NGN", **asked})

    found = check("tenth", offerId=offer["productId"])
    assert (found.data["isValid"], found.data["total"]["amount"]) == (True, PRICE * 9 // 10)
    assert storage(found) <= 2, found.cost.operations
    assert check("EVERY", offerId=other["productId"]).data["discount"]["amount"] == PRICE // 2
    assert check("TENTH", offerId=other["productId"]).data["reason"] == "COUPON_OTHER_PRODUCT"
    market.purchase(offer, couponCodes=["TENTH"])
    assert check("TENTH", offerId=offer["productId"]).data["reason"] == "COUPON_USED_BY_YOU"
    in_dollars = market.buyer.post("/api/coupons/EVERY/validate", {"currency": "USD", "offerId": offer["productId"]})
    assert in_dollars.error.fields == {"CURRENCY_NOT_OFFERED"}
    assert check("EVERY", offerId="0" * 26).status == 404
    assert check("EVERY").status == check("EVERY", offerId=offer["productId"], planId="plus").status == 400


def test_a_coupon_may_pay_all_of_it_and_comes_back_with_an_order_that_ends(market: Market) -> None:
    offer = market.listed()
    for code, percent in (("FREE", 100), ("TENTH", 10)):
        wanted = {"code": code, "percent": percent, "products": [f"OFFER#{offer['productId']}"]}
        market.admin.post("/api/coupons", wanted)
    other = market.listed(market.client.as_("colleague", "instructor"))
    assert market.purchase(other, couponCodes=["FREE"]).error.fields == {"COUPON_OTHER_PRODUCT"}
    made = market.purchase(offer, couponCodes=["FREE"])
    assert (made.data["state"], market.owed()) == ("paid", EARNED)
    assert market.buyer.get(f"/api/marketplace/products/{offer['productId']}/questions").status == 200
    market.purchase(offer, market.client.as_("eve", "student"), couponCodes=["TENTH"])
    market.clock.advance(hours=25)
    market.run("open_orders")
    uses = {each["code"]: each["uses"] for each in market.admin.get("/api/coupons").data}
    assert uses == {"FREE": 1, "TENTH": 0}
    market.require_balanced()


@given(
    gross=st.integers(1, 10**9),
    percent=st.decimals(0, 100, places=2).map(lambda each: format(each, "f")),
    cuts=st.lists(st.integers(1, 10**9), max_size=5),
)
def test_parts_add_up_and_go_back_whole(gross: int, percent: str, cuts: list[int]) -> None:
    parts = parts_of(gross, percent)
    assert parts.commission + parts.earned == gross and 0 <= parts.commission <= gross
    assert abs(Decimal(gross) * Decimal(percent) / 100 - parts.commission) <= Decimal("0.5")
    returned = taken = 0
    for cut in [*cuts, gross]:
        returned = min(gross, returned + cut)
        now = portion(parts.earned, returned, gross)
        assert taken <= now <= returned, "neither part is taken back more than it got"
        taken = now
    assert taken == parts.earned


@pytest.mark.parametrize(("kind", "tier", "percent"), [("question_bank", "partner", 5), ("question_bank", None, 10)])
def test_the_rule_that_says_most_is_kept_with_the_sale(
    market: Market, kind: str, tier: str | None, percent: int
) -> None:
    def rule(name: str, **fields: Any) -> Client:
        body = {"startsAt": "2020-01-01T00:00:00Z", **fields}
        found = market.admin.put(f"/api/admin/commission-rules/{name}", body)
        assert found.status == 200, found.error
        return market.admin

    offer = market.listed()
    rule("all", percent="30")
    rule("partners", percent="25", tier="partner")
    rule("banks", percent="10", type=kind)
    rule("ended", percent="1", type=kind, tier="partner", endsAt="2021-01-01T00:00:00Z")
    rule("later", percent="2", type=kind, tier="partner", startsAt="2100-01-01T00:00:00Z")
    if tier:
        rule("both", percent=str(percent), type=kind, tier=tier)
        path = f"/api/admin/marketplace/sellers/{market.seller.user_id}/tier"
        assert market.admin.put(path, {"tier": tier}).data["tier"] == tier
    made = market.purchase(offer).data
    rule("both" if tier else "banks", percent="90", type=kind, **({"tier": tier} if tier else {}))
    market.pay(made)
    market.settle()
    assert market.owed() == PRICE * (100 - percent) // 100, "the rule of the order, whatever came after it"
    assert Sale.require(payment_id=made["paymentId"]).rule["revision"] == 1
    listed = market.admin.get("/api/admin/commission-rules").data
    assert {each["ruleId"]: each["isInForce"] for each in listed["rules"]}["ended"] is False
    assert listed["defaultPercent"] == "20"
