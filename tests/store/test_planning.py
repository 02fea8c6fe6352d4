"""Carts, favourites, activities, and what staff plan by."""

import json
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit.table import Unit
from lyceum.model.store.products import ProductDemand
from lyceum.model.users.privacy import ConsentRecord
from tests.store.conftest import Store

from functions.store.planning.prices import Figures, judge


def test_favourites_are_marked_singly_and_many_at_once(store: Store) -> None:
    named = [store.product(title=f"Book {number}")["productId"] for number in range(3)]
    made = store.buyer.post("/api/favorites", {"productId": named[0]}).data
    assert made["favoriteId"] == named[0] and made["product"]["title"] == "Book 0"
    assert store.buyer.post("/api/favorites", {"productId": named[0]}).status == 409
    assert store.buyer.post("/api/favorites", {"productId": "0" * 26}).status == 404
    changed = store.buyer.post("/api/favorites/bulk", {"add": [*named[1:], "0" * 26], "remove": [named[0]]})
    assert changed.data == {"added": named[1:], "removed": [named[0]], "unknown": ["0" * 26]}
    store.admin.delete(f"/api/products/{named[1]}")
    path = f"/api/favorites/user/{store.buyer.user_id}"
    listed = store.buyer.get(path)
    assert [(each["productId"], "product" in each) for each in listed.data] == [(named[1], False), (named[2], True)]
    assert len(listed.cost.operations) == 2
    assert store.client.as_("eve", "student").get(path).status == 403
    assert store.buyer.delete(f"/api/favorites/{named[2]}").data == {"id": named[2]}
    assert store.buyer.delete(f"/api/favorites/{named[2]}").status == 404


def test_a_cart_is_filled_and_emptied(store: Store) -> None:
    both = [{"sku": sku, "title": sku, "price": 100, "stock": 9} for sku in ("S", "M")]
    product_id = store.product(variants=both)["productId"]
    other = store.product()["productId"]
    assert store.fill(product_id).error.fields == {"NAME_A_VARIANT"}
    assert store.fill(product_id, 2, sku="s").data["total"]["amount"] == 200
    store.fill(product_id, 3, sku="M")
    store.fill(other)
    dollars = store.product(currency="USD")["productId"]
    assert store.fill(dollars).error.fields == {"TWO_CURRENCIES"}
    left = store.buyer.send("DELETE", f"/api/cart/items/{product_id}", None, {"sku": "S"}).data
    assert [each["sku"] for each in left["lines"]] == ["M", "ONE"]
    assert [each["sku"] for each in store.buyer.delete(f"/api/cart/items/{product_id}").data["lines"]] == ["ONE"]
    assert store.buyer.delete(f"/api/cart/items/{product_id}").status == 404
    store.buyer.delete("/api/cart")
    assert store.buyer.get("/api/cart").data == {"lines": [], "needsAddress": False, "canBeOrdered": False}


def consent(store: Store, is_given: bool) -> None:
    made = {"purpose": "analytics", "text_version": "1", "given_by": store.buyer.user_id, "decided_at": time.now()}
    name = f"{time.now():%Y%m%d%H%M%S%f}"
    Unit().put(ConsentRecord(user_id=store.buyer.user_id, record_id=name, is_given=is_given, **made)).commit()


def test_nothing_is_kept_without_consent(store: Store) -> None:
    product_id = store.product()["productId"]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("view", {"productId": product_id}),
        ("click", {"target": "add-to-cart", "productId": product_id}),
        ("search", {"words": "algebra", "results": 3}),
        ("session", {"action": "start"}),
    ]
    path = f"/api/activities/user/{store.buyer.user_id}/timeline"
    for who in (store.client, store.buyer):
        for name, body in calls:
            assert who.post(f"/api/activities/{name}", body).data == {"isRecorded": False}
    assert store.buyer.get(path).data == []
    consent(store, True)
    made = []
    for name, body in calls:
        store.clock.advance(seconds=1)
        made.append(store.buyer.post(f"/api/activities/{name}", body).data["activityId"])
    assert [each["activityId"] for each in store.buyer.get(path).data] == made[::-1]
    assert [each["words"] for each in store.buyer.get(path, {"type": "search"}).data] == ["algebra"]
    opened = {"query": "algebra", "type": "product", "id": product_id, "place": 2}
    assert store.buyer.post("/api/activities/click", {"target": "result", "result": opened}).data["isRecorded"]
    sent = store.cloud.published(store.tenant)
    (told,) = [json.loads(each["Detail"]) for each in sent if each["DetailType"] == "search.result_opened"]
    assert (told["query"], told["resultId"], told["place"]) == ("algebra", product_id, 2)
    assert store.buyer.user_id not in str(told)
    far = {"target": "result", "result": opened | {"place": 1001}}
    assert store.buyer.post("/api/activities/click", far).status == 400
    session = {"sessionId": made[-1]}
    store.clock.advance(minutes=1)
    assert store.buyer.post("/api/activities/session", {"action": "heartbeat", **session}).data["isRecorded"]
    store.buyer.post("/api/activities/session", {"action": "end", **session})
    assert store.buyer.post("/api/activities/session", {"action": "heartbeat", **session}).status == 404
    assert store.buyer.post("/api/activities/session", {"action": "end"}).status == 400
    assert store.client.as_("eve", "student").get(path).status == 403
    store.clock.advance(seconds=1)
    consent(store, False)
    assert store.buyer.post("/api/activities/view", {"productId": product_id}).data == {"isRecorded": False}


@pytest.mark.parametrize(
    ("seen", "price", "rule"),
    [
        (Figures(1_000, 500, 20, 10, 3, 7), 1_050, "DEMAND_UP"),
        (Figures(1_000, 500, 20, 10, 300, 7), 1_000, "KEEP"),
        (Figures(1_000, 500, 3, 10, 300, 7), 900, "DEMAND_DOWN"),
        (Figures(1_000, 500, 0, 0, 300, 7), 850, "UNSOLD"),
        (Figures(1_000, 500, 0, 0, 300, 7, age_days=55), 1_000, "KEEP"),
        (Figures(1_000, 800, 0, 0, 300, 7), 960, "MARGIN"),
        (Figures(1_000, None, 1, 1, 0, 7), 1_000, "KEEP"),
        (Figures(1, None, 0, 0, 5, 7), 1, "UNSOLD"),
    ],
)
def test_prices_are_suggested_by_rules_that_say_why(seen: Figures, price: int, rule: str) -> None:
    suggested, reasons = judge(seen)
    assert (suggested, reasons[-1].rule) == (price, rule)


def test_what_sells_is_counted_and_planned_by(store: Store) -> None:
    order = store.ordered(4)
    product_id = order["lines"][0]["productId"]
    store.paid(order)
    path = f"/api/admin/products/{product_id}/price-suggestion"
    shown = store.admin.get(path)
    (row,) = shown.data["variants"]
    assert (row["sold28Days"], row["available"], row["price"]["amount"]) == (4, 1, 2_000)
    assert shown.data["title"] == "Algebra" and row["reasons"]
    assert store.buyer.get(path).status == 403
    store.clock.advance(days=1)
    store.run("reorder_points")
    listed = store.admin.get("/api/admin/inventory/reorder")
    (point,) = listed.data
    assert point["isDue"] and (point["reorderPoint"], point["quantity"], point["coverDays"]) == (2, 5, 7)
    assert [each["rule"] for each in point["reasons"]] == ["DEMAND", "LEAD_TIME", "BELOW_POINT"]
    assert store.admin.get("/api/admin/inventory/reorder", {"due": "false"}).data == []
    store.admin.delete(f"/api/products/{product_id}")
    store.clock.advance(days=1)
    store.run("reorder_points")
    assert store.admin.get("/api/admin/inventory/reorder").data == []


def test_demand_is_forgotten_after_ninety_days(store: Store) -> None:
    order = store.ordered(1)
    product_id = order["lines"][0]["productId"]
    store.paid(order)
    first = ProductDemand.require(product_id=product_id).days
    store.clock.at += timedelta(days=91)
    store.fill(product_id)
    store.paid(store.place().data)
    assert len(first) == 1 and list(ProductDemand.require(product_id=product_id).days) != list(first)
