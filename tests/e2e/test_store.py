"""The store in the deployed stack: browse, search, cart, coupon, order, payment, review, cancellation, refund."""

import json
import urllib.request
from typing import Any

import pytest

from tests.e2e.conftest import Stack, eventually

pytestmark = pytest.mark.e2e
ADDRESS = {"name": "Ada Obi", "line1": "3 Marina Road", "city": "Lagos", "country": "NG"}


def pay(stack: Stack, payment: dict[str, Any]) -> None:
    """Do as the buyer does on the provider's page."""
    given = {"provider": payment["provider"], "reference": payment["reference"], "action": "pay"}
    address = f"{stack.facts['paymentsUrl']}/_demand/act"
    with urllib.request.urlopen(urllib.request.Request(address, json.dumps(given).encode()), timeout=30) as answer:
        assert answer.status == 200


def test_from_the_shelf_to_the_door_and_back(stack: Stack) -> None:
    student, admin = stack.as_("student"), stack.as_("admin")
    student_id = student.get("/api/auth/me").data["userId"]
    category = admin.post("/api/categories", {"title": "Books"}).data["categoryId"]
    variant = {"sku": "PB", "title": "Paperback", "price": 250_000, "stock": 3, "cost": 100_000}
    body = {"title": "Algebra for everybody", "categoryId": category, "currency": "NGN", "tags": ["maths"]}
    product = admin.post("/api/products", {**body, "taxPercent": "7.5", "variants": [variant]}).data
    product_id = product["productId"]
    assert admin.post("/api/coupons", {"code": "SHELF10", "percent": 10, "products": ["STORE"]}).status == 201

    listed = stack.api.get(f"/api/products?categoryId={category}&sort=-price").data
    assert [each["productId"] for each in listed] == [product_id]
    eventually(
        lambda: product_id in [each["productId"] for each in stack.api.get("/api/products/search?q=algebra").data],
        "the product is found",
    )
    assert student.send("PUT", f"/api/cart/items/{product_id}", {"quantity": 2}, {}).data["total"]["amount"] == 500_000
    order = student.post("/api/orders", {"address": ADDRESS, "couponCodes": ["SHELF10"]}).data
    assert (order["state"], order["total"]["amount"]) == ("reserved", 450_000)
    path = f"/api/orders/{order['orderId']}"
    payment = student.post(f"{path}/payment", {"provider": "paystack", "expectedAmount": 450_000}).data
    pay(stack, payment)
    eventually(lambda: student.get(path).data["state"] == "paid", "the order is paid")
    assert admin.get(f"/api/products/{product_id}").data["variants"][0]["sold"] == 2
    eventually(
        lambda: student.post(f"/api/products/{product_id}/reviews", {"stars": 5}).status == 201, "a buyer may review"
    )
    eventually(lambda: stack.api.get(f"/api/products/{product_id}").data.get("rating") == 5, "the mean follows")

    assert student.send("DELETE", path, None, {}).data["refund"] == "requested"
    eventually(lambda: student.get(path).data["refund"] == "done", "the money went back")
    shown = admin.get(f"/api/products/{product_id}").data["variants"][0]
    assert (shown["stock"], shown["sold"]) == (3, 0)
    assert [each["state"] for each in student.get(f"/api/orders/user/{student_id}").data] == ["cancelled"]
    eventually(lambda: admin.get("/api/admin/ledger/trial-balance").data["isBalanced"], "the books balance")
