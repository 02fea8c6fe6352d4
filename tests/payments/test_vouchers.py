"""Vouchers, seats and affiliates: what is handed on, and what is owed for it."""

from datetime import timedelta

import pytest

from lyceum.kit import clock as clocks
from lyceum.rules.ledger.booking import standing
from tests.payments.conftest import Shop, plan
from tests.support.threads import at_once

from functions.payments.settlement import seats


def printed(shop: Shop, **wanted: object) -> list[str]:
    """Print a batch and return its PINs, as the file of the job has them."""
    job = shop.admin.post("/api/vouchers", {"planId": "plus-monthly", "count": 3, **wanted})
    assert job.status == 202, job.body
    shop.work()
    (key,) = [
        item["Key"]
        for item in shop.cloud.s3.list_objects_v2(Bucket="lyceum-files-test", Prefix=f"derived/exports/{shop.tenant}/")[
            "Contents"
        ][-1:]
    ]
    text = shop.cloud.s3.get_object(Bucket="lyceum-files-test", Key=key)["Body"].read().decode("utf-8-sig")
    header, *rows = [line.split(",") for line in text.splitlines()]
    assert header == ["number", "pin", "what", "label", "expires"]
    return [row[1] for row in rows]


def redeem(shop: Shop, pin: str, name: str = "student"):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return shop.client.as_(name, "student").post("/api/vouchers/redeem", {"pin": pin})


def test_a_pin_gives_what_it_is_for_once(shop: Shop) -> None:
    pins = printed(shop, count=3, price=200_000, currency="NGN", taxPercent="7.5")
    assert len(set(pins)) == 3 and all(len(pin) == 19 for pin in pins)
    given = redeem(shop, f" {pins[0].lower().replace('-', ' ')} ").data
    assert (given["what"], given["endsAt"]) == ("Plus", clocks.iso(shop.clock.at.replace(month=2)))
    assert redeem(shop, pins[0]).data == given, "sent twice"
    assert redeem(shop, pins[0], "eve").error.code == "VOUCHER_USED"
    assert redeem(shop, pins[1]).data["endsAt"] == clocks.iso(shop.clock.at.replace(month=3))
    assert redeem(shop, "2222-2222-2222-2222").error.code == "VOUCHER_UNKNOWN"
    shop.work()
    assert shop.balance("vouchers", "NGN") == 400_000 and shop.balance("tax", "NGN") == -2 * 13_953
    assert len(shop.events("order.confirmed")) == 2
    stored = str(shop.cloud.items(shop.tenant))
    assert pins[2] not in stored and pins[2].replace("-", "") not in stored
    shop.require_balanced()


@pytest.mark.parametrize("percent", [7.5, "7.5", "7.50"])
def test_tax_of_pins_is_a_number_or_the_words_for_it(shop: Shop, percent: object) -> None:
    (pin,) = printed(shop, count=1, price=200_000, currency="NGN", taxPercent=percent)
    assert redeem(shop, pin).status == 200
    shop.work()
    assert shop.balance("tax", "NGN") == -13_953
    for wrong in (-1, 100, "x", True, "7.5555"):
        body = {"planId": "plus-monthly", "count": 1, "price": 1, "currency": "NGN", "taxPercent": wrong}
        assert shop.admin.post("/api/vouchers", body).status == 400


def test_pins_end_and_a_subscription_comes_first(shop: Shop) -> None:
    (pin, other, _) = printed(shop, expiresAt=clocks.iso(shop.clock.at + timedelta(days=60)))
    shop.subscribed()
    assert redeem(shop, pin).error.code == "SUBSCRIPTION_ACTIVE"
    shop.clock.advance(days=60)
    assert redeem(shop, other, "eve").error.code == "VOUCHER_EXPIRED"
    assert shop.admin.prove().post(
        "/api/vouchers", {"planId": "plus-monthly", "count": 1, "expiresAt": "2020-01-01T00:00:00Z"}
    ).error.fields == {"ALREADY_EXPIRED"}
    assert shop.buyer.post("/api/vouchers", {"planId": "plus-monthly", "count": 1}).status == 403


def test_many_pins_are_made_page_by_page(shop: Shop) -> None:
    pins = printed(shop, count=200)
    assert len(set(pins)) == 200
    assert redeem(shop, pins[-1]).status == 200
    assert pins == [seats.pin(_batch(shop), number) for number in range(1, 201)]


def _batch(shop: Shop) -> str:
    (found,) = [item["batch_id"]["S"] for item in shop.cloud.items(shop.tenant) if item["kind"]["S"] == "voucher_batch"]
    return str(found)


def test_seats_are_pins_for_who_is_given_them(shop: Shop) -> None:
    paid = shop.buy(seats=3)
    assert paid["total"]["amount"] == 1_500_000 and len(paid["pins"]) == 3
    assert shop.right() is None, "the buyer uses none of them"
    assert redeem(shop, paid["pins"][0], "eve").status == 200
    assert redeem(shop, paid["pins"][0], "adam").error.code == "VOUCHER_USED"
    assert shop.order(seats=51).error.fields == {"TOO_MANY_SEATS"}
    shop.require_balanced()


def test_seats_go_with_their_money_and_nothing_else_that_people_have(shop: Shop) -> None:
    eve, adam = shop.client.as_("eve", "student"), shop.client.as_("adam", "student")
    shop.buy(adam)
    own = shop.right(buyer=adam)
    paid = shop.buy(seats=45)
    for pin, name in zip(paid["pins"][:3], ("eve", "eve", "adam"), strict=True):
        assert redeem(shop, pin, name).status == 200
    shop.clock.advance(days=10)
    shop.admin.post(f"/api/refunds/{paid['paymentId']}", {"reason": "the school has closed"})
    shop.settle()
    for number in (0, 3, 44):
        assert redeem(shop, paid["pins"][number], "zoe").error.code == "VOUCHER_REFUNDED"
    assert shop.right(buyer=eve) == shop.clock.at
    assert shop.right(buyer=adam) == own, "what adam paid for stays"
    assert redeem(shop, printed(shop)[0], "eve").status == 200
    shop.require_balanced()


def test_seats_stay_while_only_a_part_of_their_money_went_back(shop: Shop) -> None:
    paid = shop.buy(seats=3)
    shop.admin.post(f"/api/refunds/{paid['paymentId']}", {"reason": "a discount", "amount": 500_000})
    shop.settle()
    assert redeem(shop, paid["pins"][2], "eve").status == 200


def test_a_pin_is_redeemed_or_ended_and_never_both(shop: Shop) -> None:
    paid = shop.buy(seats=3)
    eve = shop.client.as_("eve", "student")
    assert shop.admin.post(f"/api/refunds/{paid['paymentId']}", {"reason": "the school has closed"}).status == 202
    at_once(lambda: redeem(shop, paid["pins"][0], "eve").status, shop.work)
    shop.settle()
    right = shop.right(buyer=eve)
    assert right is None or right <= shop.clock.at


def test_an_affiliate_earns_by_the_last_link_once_the_time_for_refunds_is_over(shop: Shop) -> None:
    eve, adam = shop.client.as_("eve", "student"), shop.client.as_("adam", "student")
    codes = [each.post("/api/affiliate/links", {"label": "blog"}).data["code"] for each in (adam, eve)]
    assert shop.order(eve, referralCode=codes[1]).error.fields == {"SELF_REFERRAL"}
    assert shop.order(referralCode="22222222").error.fields == {"REFERRAL_UNKNOWN"}
    shop.order(referralCode=codes[0])
    paid = shop.buy(referralCode=codes[1])
    later = shop.buy()  # within thirty days of the last link
    stats = eve.get(f"/api/affiliate/{eve.user_id}/stats").data
    (earned,) = stats["earnings"]
    each = 46_512  # a tenth of 500 000 less the tax that it holds
    assert (stats["referrals"], earned["pending"]["amount"], earned["payable"]["amount"]) == (2, 2 * each, 0)
    shop.admin.post(f"/api/refunds/{later['paymentId']}", {"reason": "changed their mind"})
    shop.settle()
    shop.clock.advance(days=14, hours=1)
    shop.run("commissions_due")
    shop.run("commissions_due")
    (earned,) = eve.get(f"/api/affiliate/{eve.user_id}/stats").data["earnings"]
    assert (earned["cancelled"]["amount"], earned["payable"]["amount"]) == (each, each)
    assert standing(f"affiliate:{eve.user_id}", "NGN") == each
    shop.clock.move_to(shop.clock.at.replace(month=2, day=1, hour=2))
    shop.run("commissions_due")
    shop.run("commissions_due")
    (earned,) = eve.get(f"/api/affiliate/{eve.user_id}/stats").data["earnings"]
    assert (earned["payable"]["amount"], earned["paidOut"]["amount"]) == (0, each)
    assert [told["amountMinor"] for told in shop.events("payout.sent")] == [each]
    order = shop.order(eve).data
    assert order["total"]["amount"] == 500_000 - each, "credit pays"
    assert adam.get(f"/api/affiliate/{adam.user_id}/stats").data["referrals"] == 0
    assert adam.get(f"/api/affiliate/{eve.user_id}/stats").status == 403
    assert paid["state"] == "paid"
    shop.require_balanced()


def test_credit_that_is_set_aside_comes_back_with_an_order_that_ends(shop: Shop) -> None:
    plan("gold", product="Gold", tier="gold", title="Gold", prices=[{"amount": 600, "currency": "USD"}])
    name = shop.subscribed()["subscriptionId"]
    for order in [shop.order(provider="stripe", currency="USD", subscriptionId=name).data for _ in range(2)]:
        shop.act(order)
    shop.settle()
    buyer = f"credit:{shop.buyer.user_id}"
    assert standing(buyer, "USD") == 1_000
    order = shop.order(provider="stripe", currency="USD", planId="gold").data
    assert (order["state"], order["total"]["amount"], standing(buyer, "USD")) == ("paid", 0, 400)
    plan("gold", product="Gold", tier="gold", title="Gold", prices=[{"amount": 900, "currency": "USD"}])
    waiting = shop.order(provider="stripe", currency="USD", planId="gold").data
    assert (waiting["total"]["amount"], standing(buyer, "USD")) == (500, 0)
    shop.clock.advance(hours=25)
    shop.run("open_orders")
    assert standing(buyer, "USD") == 400
    shop.require_balanced()
