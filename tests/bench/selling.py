"""The store and the marketplace: shelves, a cart, orders of one line and of forty, an offer and its purchase."""

import json
from functools import partial
from typing import Any
from unittest.mock import patch

from local.payment_providers import keys as local_keys
from local.payments.providers import Providers
from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.questions.question import Question
from lyceum.model.store.carts import Cart
from lyceum.rules.ledger.booking import book, credit, debit
from lyceum.rules.providers import calls, keys
from tests.bench.requests import rows_of
from tests.payments.conftest import HOME, Outside
from tests.support.http import Client, Reply

_ADDRESS = {"name": "Ada Obi", "line1": "3 Marina Road", "city": "Lagos", "country": "NG"}
_PRICE = {"amount": 100_000, "currency": "NGN"}
_MANY = 1_000_000
_LINES = 40


def table(client: Client) -> list[str]:
    """Measure and return the rows of a Markdown table."""
    outside, known = Outside(Providers(HOME)), keys.parse(json.dumps(local_keys(HOME)))
    with patch.object(calls, "outside", lambda: outside), patch.object(keys, "_read", lambda: known):
        return _rows(client)


def _rows(client: Client) -> list[str]:
    admin, buyer = client.as_("admin"), client.as_("student")
    category = admin.post("/api/categories", {"title": "Books"}).data["categoryId"]
    shelf = [_product(admin, category, number) for number in range(_LINES)]
    _fill(buyer, shelf[0])
    offer = _offer(client)
    named = {
        "GET /api/products": partial(client.get, "/api/products"),
        "GET /api/products/{productId}": partial(client.get, f"/api/products/{shelf[0]}"),
        "PUT /api/cart/items/{productId}": partial(_fill, buyer, shelf[0]),
        "GET /api/cart": partial(buyer.get, "/api/cart"),
        "POST /api/orders": partial(_order, client, shelf[:1]),
        f"POST /api/orders ({_LINES})": partial(_order, client, shelf),
        "GET /api/marketplace/products": partial(client.get, "/api/marketplace/products"),
        "GET /api/marketplace/products/{productId}": partial(client.get, f"/api/marketplace/products/{offer}"),
        "POST /api/marketplace/products/{productId}/purchase": partial(_buy, client, offer, 0),
        "POST /api/marketplace/products/{productId}/purchase (credit)": partial(_buy, client, offer, _PRICE["amount"]),
        "GET /api/marketplace/top-sellers": partial(client.get, "/api/marketplace/top-sellers", {"currency": "NGN"}),
    }
    return rows_of("selling", named)


def _product(admin: Client, category: str, number: int) -> str:
    variant = {"sku": "ONE", "title": "Paperback", "price": 2_000, "stock": _MANY, "cost": 1_000}
    body = {"title": f"Algebra {number}", "currency": "NGN", "variants": [variant], "categoryId": category}
    return str(admin.post("/api/products", body).data["productId"])


def _fill(buyer: Client, product_id: str) -> Reply:
    return buyer.send("PUT", f"/api/cart/items/{product_id}", {"quantity": 1})


def _order(client: Client, product_ids: list[str]) -> Reply:
    """Order as somebody new, with a cart that is there: how often one orders is looked at."""
    buyer = client.as_(ids.new_id().lower(), "student")
    items = [
        {"product_id": each, "sku": "ONE", "quantity": 1, "currency": "NGN", "price": 2_000} for each in product_ids
    ]
    Unit().put(Cart(user_id=buyer.user_id, items=items)).commit()
    return buyer.post("/api/orders", {"address": _ADDRESS})


def _offer(client: Client) -> str:
    seller = client.as_("instructor")
    fields: dict[str, Any] = {
        "topic_id": ids.new_id(), "course_id": "c", "type": "single", "stem": "What is a set?",
        "difficulty": "easy", "status": "draft", "fingerprint": ids.new_id(), "sort_key": "0" * 16,
        "content": {"options": []},
    }  # fmt: skip
    question = Question(question_id=ids.new_id(), author_id=seller.user_id, **fields)
    Unit().put(question).commit()
    body = {"type": "question_bank", "title": "Sets", "description": "<p>One.</p>", "price": _PRICE}
    made = seller.post("/api/marketplace/products", {**body, "questionIds": [question.question_id]}).data
    decision = {"revision": made["revision"], "approved": True}
    client.as_("moderator").post(f"/api/admin/marketplace/products/{made['productId']}/decision", decision)
    return str(made["productId"])


def _buy(client: Client, offer: str, given: int) -> Reply:
    """Buy as somebody new, with so much credit."""
    buyer = client.as_(ids.new_id().lower(), "student")
    if given:
        unit = Unit()
        legs = [debit("vouchers", given, "NGN"), credit(f"credit:{buyer.user_id}", given, "NGN")]
        book(unit, ids.new_id(), "bench", legs)
        unit.commit()
    return buyer.post(f"/api/marketplace/products/{offer}/purchase", {"provider": "paystack"})
