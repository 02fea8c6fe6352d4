"""Orders: from the cart through payment to the door, and the way back."""

from typing import Any

import pytest

from lyceum.model.store.orders import StoreOrder
from tests.store.conftest import ADDRESS, Store
from tests.support.threads import at_once


def test_an_order_is_placed_paid_sent_and_reviewed(store: Store) -> None:
    product = store.product()
    product_id = product["productId"]
    store.fill(product_id, 2)
    order = store.place(expectedTotal=4_000).data
    assert (order["state"], order["total"]) == ("reserved", {"amount": 4_000, "currency": "NGN"})
    assert order["tax"]["amount"] == 279 and store.stock(product_id) == (3, 2, 0)
    assert store.buyer.get("/api/cart").data["lines"] == []
    payment = store.pay(order, expectedAmount=4_000).data
    assert payment["checkoutUrl"] and payment["total"] == order["total"]
    assert store.pay(order).data["paymentId"] == payment["paymentId"]
    store.act(payment)
    store.settle()
    paid = store.look(order)
    assert (paid["state"], paid["paymentId"]) == ("paid", payment["paymentId"]) and "expiresAt" not in paid
    assert store.stock(product_id) == (3, 0, 2)
    store.require_balanced()
    assert store.move(order, "shipped", tracking="NG 123").data["tracking"] == "NG 123"
    assert store.move(order, "delivered").data["state"] == "delivered"
    assert store.buyer.post(f"/api/products/{product_id}/reviews", {"stars": 4}).status == 201
    assert [each["state"] for each in store.look(order)["history"]] == ["reserved", "paid", "shipped", "delivered"]


def test_an_order_costs_two_reads_and_one_transaction_at_forty_lines(store: Store) -> None:
    category = store.category()
    for number in range(40):
        made = store.product(categoryId=category, title=f"Book {number}")
        assert store.fill(made["productId"]).status == 200
    shown = store.buyer.get("/api/cart")
    assert len(shown.data["lines"]) == 40 and shown.cost.operations == ["GetItem", "BatchGetItem"]
    answer = store.place()
    assert answer.status == 201 and len(answer.data["lines"]) == 40
    own = [each for each in answer.cost.operations if each != "UpdateItem"]
    assert own == ["GetItem", "BatchGetItem", "TransactWriteItems"]
    assert store.paid(answer.data)["state"] == "paid"
    store.require_balanced()


def test_two_buyers_of_the_last_one(store: Store) -> None:
    product_id = store.product(stock=1)["productId"]
    buyers = [store.client.as_(name, "student") for name in ("ada", "obi")]
    for buyer in buyers:
        store.fill(product_id, 1, buyer)
    answers = at_once(*(lambda buyer=buyer: store.place(buyer) for buyer in buyers))  # type: ignore[misc]
    assert sorted(each.status for each in answers) == [201, 409]
    (refused,) = [each for each in answers if each.status == 409]
    assert refused.error.code == "OUT_OF_STOCK" and store.stock(product_id) == (0, 1, 0)
    lost = buyers[[each.status for each in answers].index(409)]
    (line,) = lost.get("/api/cart").data["lines"]
    assert line["changes"] == ["LESS_AVAILABLE"] and "available" in line


def test_the_price_charged_is_the_price_shown(store: Store) -> None:
    product = store.product()
    store.fill(product["productId"])
    variant = {"sku": "ONE", "title": "Paperback", "price": 2_500, "stock": 5}
    change = {"title": "Algebra", "currency": "NGN", "categoryId": product["categoryId"], "variants": [variant]}
    path = f"/api/products/{product['productId']}"
    seen = {"if-match": store.admin.get(path).headers["ETag"]}
    assert store.admin.send("PUT", path, change, None, seen).data["priceFrom"]["amount"] == 2_500
    assert store.admin.send("PUT", path, change, None, seen).status == 412
    (line,) = store.buyer.get("/api/cart").data["lines"]
    assert line["changes"] == ["PRICE_CHANGED"] and line["shownPrice"]["amount"] == 2_000
    assert store.place().error.code == "PRICE_CHANGED"
    assert store.place(expectedTotal=2_000).error.code == "PRICE_CHANGED"
    order = store.place(expectedTotal=2_500).data
    assert store.pay(order, expectedAmount=2_000).error.code == "PRICE_CHANGED"
    assert store.pay(order, expectedAmount=2_500).data["total"]["amount"] == 2_500


def test_a_price_that_changes_while_an_order_is_placed_is_told(store: Store) -> None:
    product = store.product()
    store.fill(product["productId"])
    variant = {"sku": "ONE", "title": "Paperback", "price": 9_000, "stock": 5}
    change = {"title": "Algebra", "currency": "NGN", "categoryId": product["categoryId"], "variants": [variant]}
    path = f"/api/products/{product['productId']}"
    placed, changed = at_once(store.place, lambda: store.admin.send("PUT", path, change))
    assert changed.status == 200
    assert placed.error.code == "PRICE_CHANGED" if placed.status == 409 else placed.data["total"]["amount"] == 2_000


def test_coupons_are_counted_with_the_order_and_come_back_with_it(store: Store) -> None:
    store.admin.post("/api/coupons", {"code": "TEN", "percent": 10, "mostUses": 1, "products": ["STORE"]})
    store.admin.post("/api/coupons", {"code": "OTHER", "percent": 10, "products": ["PLAN#Plus"]})
    product_id = store.product()["productId"]
    store.fill(product_id, 3)
    assert store.place(couponCodes=["OTHER"]).error.fields == {"COUPON_OTHER_PRODUCT"}
    assert store.place(couponCodes=["NONE"]).error.fields == {"COUPON_UNKNOWN"}
    order = store.place(couponCodes=["TEN"]).data
    assert (order["discount"]["amount"], order["total"]["amount"]) == (600, 5_400)
    eve = store.client.as_("eve", "student")
    store.fill(product_id, 1, eve)
    assert store.place(eve, couponCodes=["TEN"]).error.fields == {"COUPON_USED_UP"}
    assert store.buyer.delete(f"/api/orders/{order['orderId']}").data["state"] == "cancelled"
    assert store.stock(product_id) == (5, 0, 0)
    later = store.place(eve, couponCodes=["TEN"], address={**ADDRESS, "line1": "4 Marina Road"}).data
    store.paid(later, eve)
    assert store.balance("discount", "NGN") == 200
    store.require_balanced()


def test_a_coupon_of_one_product_takes_off_nothing_of_others(store: Store) -> None:
    dear, cheap = store.product(price=10_000), store.product(price=1_000, title="Pen")
    wanted = {"code": "PENS", "percent": 50, "products": [f"PRODUCT#{cheap['productId']}"]}
    assert store.admin.post("/api/coupons", wanted).status == 201
    for product in (dear, cheap):
        store.fill(product["productId"])
    assert store.place(couponCodes=["PENS"]).data["discount"]["amount"] == 500


def test_an_order_that_nobody_pays_ends_and_frees_its_stock(store: Store) -> None:
    order = store.ordered(2)
    product_id = order["lines"][0]["productId"]
    store.clock.advance(minutes=29)
    store.run("unpaid_orders")
    assert store.look(order)["state"] == "reserved"
    store.clock.advance(minutes=2)
    store.run("unpaid_orders")
    store.run("unpaid_orders")
    assert store.look(order)["state"] == "expired" and store.stock(product_id) == (5, 0, 0)
    assert store.pay(order).error.code == "ORDER_NOT_PAYABLE"


def let_expire(store: Store) -> None:
    """Let an order's time pass, and that in which its open payment is asked for."""
    for minutes in (31, 6):
        store.clock.advance(minutes=minutes)
        store.run("unpaid_orders")


def test_a_payment_whose_word_was_lost_is_asked_for_before_the_end(store: Store) -> None:
    order = store.ordered(2)
    store.act(store.pay(order).data)
    store.providers.take_webhooks()  # they never come
    store.clock.advance(minutes=31)
    store.run("unpaid_orders")
    assert store.look(order)["state"] == "paid"


def test_money_that_comes_late_is_taken_while_there_is_stock(store: Store) -> None:
    order = store.ordered(2)
    payment = store.pay(order).data
    let_expire(store)
    assert store.look(order)["state"] == "expired"
    store.act(payment)
    store.settle()
    assert store.look(order)["state"] == "paid" and store.stock(order["lines"][0]["productId"]) == (3, 0, 2)
    store.require_balanced()


def test_money_that_comes_late_goes_back_when_it_is_sold_out(store: Store) -> None:
    order = store.ordered(5)
    product_id = order["lines"][0]["productId"]
    payment = store.pay(order).data
    let_expire(store)
    eve = store.client.as_("eve", "student")
    store.fill(product_id, 1, eve)
    store.paid(store.place(eve).data, eve)
    store.act(payment)
    store.settle()
    store.settle()
    assert store.look(order)["state"] == "expired" and store.stock(product_id) == (4, 0, 1)
    assert [each.state for each in store.payments(order)] == ["refunded"]
    store.require_balanced()


def test_a_bank_at_work_keeps_the_stock(store: Store) -> None:
    order = store.ordered()
    payment = store.pay(order, provider="flutterwave").data
    store.act(payment, "later", "bank_transfer")
    store.settle()
    for minutes in (31, 6):
        store.clock.advance(minutes=minutes)
        store.run("unpaid_orders")
        assert store.look(order)["state"] == "reserved"
    store.act(payment, "pay", "bank_transfer")
    store.settle()
    assert store.look(order)["state"] == "paid"


def test_a_decline_can_be_tried_again_and_two_payments_are_one(store: Store) -> None:
    order = store.ordered()
    first = store.pay(order).data
    second = store.pay(order, provider="flutterwave").data
    assert first["paymentId"] != second["paymentId"]
    store.act(first)
    store.settle()
    store.act(second)
    store.settle()
    store.settle()
    assert sorted(each.state for each in store.payments(order)) == ["paid", "refunded"]
    assert store.look(order)["paymentId"] == first["paymentId"]
    store.require_balanced()


@pytest.mark.parametrize("moved", ["paid", "processing"])
def test_a_paid_order_is_cancelled_and_its_money_goes_back(store: Store, moved: str) -> None:
    order = store.ordered(2)
    product_id = order["lines"][0]["productId"]
    store.paid(order)
    if moved == "processing":
        store.move(order, moved)
    cancelled = store.buyer.delete(f"/api/orders/{order['orderId']}").data
    assert (cancelled["state"], cancelled["refund"]) == ("cancelled", "requested")
    store.settle()
    store.settle()
    found = store.look(order)
    assert (found["state"], found["refund"]) == ("cancelled", "done") and store.stock(product_id) == (5, 0, 0)
    assert [each.state for each in store.payments(order)] == ["refunded"]
    assert store.buyer.post(f"/api/products/{product_id}/reviews", {"stars": 1}).error.fields == {"NOT_BOUGHT"}
    store.require_balanced()
    assert store.balance("provider.paystack", "NGN") == -store.balance("fees", "NGN")


def test_what_is_on_its_way_is_cancelled_by_staff_alone(store: Store) -> None:
    order = store.ordered(1)
    store.paid(order)
    assert store.move(order, "reserved").error.fields == {"WRONG_STATE"}
    store.move(order, "shipped")
    assert store.buyer.delete(f"/api/orders/{order['orderId']}").error.fields == {"ORDER_LEFT"}
    assert store.move(order, "processing").error.fields == {"WRONG_STATE"}
    assert store.move(order, "cancelled", reason="lost").data["refund"] == "requested"
    store.settle()
    store.settle()
    assert store.look(order)["refund"] == "done"
    assert store.stock(order["lines"][0]["productId"]) == (4, 0, 1)  # what left is not on the shelf again
    store.require_balanced()


def test_goods_that_come_back_are_on_the_shelf_again_once(store: Store) -> None:
    order = store.ordered(2)
    product_id = order["lines"][0]["productId"]
    store.paid(order)
    store.move(order, "shipped")
    assert store.move(order, "delivered", goodsBack=True).status == 400
    assert store.move(order, "cancelled").data["isAway"] is True
    assert store.stock(product_id) == (3, 0, 2) and "isAway" not in store.look(order)
    store.settle()
    statuses = at_once(*[lambda: store.move(order, "cancelled", goodsBack=True).status] * 3)
    assert set(statuses) <= {200, 409} and 200 in statuses
    assert store.move(order, "cancelled", goodsBack=True).status == 200
    assert store.stock(product_id) == (5, 0, 0)
    other = store.ordered(1)
    store.paid(other)
    store.move(other, "delivered")
    assert "isAway" not in store.move(other, "cancelled", goodsBack=True).data
    assert store.stock(other["lines"][0]["productId"]) == (5, 0, 0)
    store.settle()
    store.settle()
    assert [store.look(each)["refund"] for each in (order, other)] == ["done", "done"]
    store.require_balanced()


def test_payment_and_cancellation_at_once_leave_whole_books(store: Store) -> None:
    order = store.ordered(2)
    payment = store.pay(order).data
    store.act(payment)
    for webhook in store.providers.take_webhooks():
        store.tell(webhook)
    at_once(lambda: store.buyer.delete(f"/api/orders/{order['orderId']}").status, lambda: _work(store))
    store.settle()
    store.settle()
    assert store.look(order)["state"] == "cancelled"
    assert store.stock(order["lines"][0]["productId"]) == (5, 0, 0)
    assert [each.state for each in store.payments(order)] == ["refunded"]
    store.require_balanced()


def _work(store: Store) -> int:
    store.work()
    return 200


def test_orders_are_their_buyers_alone(store: Store) -> None:
    order = store.ordered()
    eve = store.client.as_("eve", "student")
    path = f"/api/orders/{order['orderId']}"
    assert eve.get(path).status == eve.delete(path).status == store.pay(order, eve).status == 404
    assert eve.get(f"/api/orders/user/{store.buyer.user_id}").status == 403
    assert [each["orderId"] for each in store.buyer.get(f"/api/orders/user/{store.buyer.user_id}").data] == [
        order["orderId"]
    ]
    assert store.buyer.get(f"/api/orders/user/{store.buyer.user_id}", {"state": "paid"}).data == []
    assert store.admin.get(path).data["orderId"] == order["orderId"]
    assert store.buyer.send("PUT", f"{path}/status", {"state": "delivered"}).status == 403


def test_what_is_refused(store: Store) -> None:
    assert store.place().error.fields == {"CART_EMPTY"}
    product_id = store.product()["productId"]
    assert store.fill(product_id, 6).error.fields == {"LESS_AVAILABLE"}
    store.fill(product_id)
    assert store.buyer.post("/api/orders", {}).error.fields == {"ADDRESS_NEEDED"}
    assert store.admin.delete(f"/api/products/{product_id}").status == 200
    assert store.place().error.code == "NOT_OFFERED"
    assert store.fill(product_id).status == 404


def test_the_same_key_orders_once(store: Store) -> None:
    store.fill(store.product()["productId"])
    answers = [store.buyer.post("/api/orders", {"address": ADDRESS}, idempotency_key="k") for _ in range(3)]
    assert len({each.data["orderId"] for each in answers}) == 1


def orders_of(store: Store, count: int, **wanted: Any) -> list[dict[str, Any]]:
    product_id = store.product(stock=50)["productId"]
    found = []
    for _ in range(count):
        store.fill(product_id)
        found.append(store.place(**wanted).data)
    return found


def test_hurried_orders_are_held_and_let_go(store: Store) -> None:
    *others, last = orders_of(store, 5)
    assert {each["state"] for each in others} == {"reserved"} and last["state"] == "held"
    assert "reasons" not in store.look(last)
    assert [each["rule"] for each in store.admin.get(f"/api/orders/{last['orderId']}").data["reasons"]] == ["VELOCITY"]
    assert store.pay(last).error.fields == {"ORDER_HELD"}
    store.clock.advance(hours=3)
    store.run("unpaid_orders")
    assert store.look(last)["state"] == "held" and store.look(others[0])["state"] == "expired"
    assert store.move(last, "reserved").data["state"] == "reserved"
    assert store.paid(last)["state"] == "paid"


def test_a_held_order_may_be_refused(store: Store) -> None:
    last = orders_of(store, 5)[-1]
    assert store.move(last, "cancelled", reason="not who they say").data["state"] == "cancelled"
    available, reserved, _ = store.stock(last["lines"][0]["productId"])
    assert (available, reserved) == (46, 4)


def test_a_coupon_that_many_send_to_one_address_holds_the_order(store: Store) -> None:
    store.admin.post("/api/coupons", {"code": "TEN", "percent": 10})
    product_id = store.product()["productId"]
    states = []
    spelt = {"ada": {"line1": "3  MARINA road, flat 2"}, "obi": {"line1": "3, Marina Road.", "line2": "Flat-2"}}
    for name, lines in spelt.items():
        buyer = store.client.as_(name, "student")
        store.fill(product_id, 1, buyer)
        order = store.place(buyer, couponCodes=["TEN"], address={**ADDRESS, **lines}).data
        states.append(order["state"])
    assert states == ["reserved", "held"]
    reasons = StoreOrder.require(order_id=order["orderId"]).reasons
    assert [each["rule"] for each in reasons] == ["COUPON_SHARED"]


def test_many_addresses_hold_the_order(store: Store) -> None:
    product_id = store.product(stock=50)["productId"]
    found = []
    for number in range(4):
        store.fill(product_id)
        found.append(store.place(address={**ADDRESS, "line1": f"{number} Marina Road"}).data["state"])
        store.clock.advance(hours=2)
    assert found == ["reserved", "reserved", "reserved", "held"]
