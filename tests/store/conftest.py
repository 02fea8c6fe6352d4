"""A store with products, and the local payment providers, called in process."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lyceum.model.payments.orders import Payment
from lyceum.model.store.products import Variant
from lyceum.rules.sales.order_payments import tries_of
from lyceum.search.embedded import publishing, replica
from tests.payments.conftest import Shop, plan, providers
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tests.support.jobs import run

from functions.store import jobs

ADDRESS = {"name": "Ada Obi", "line1": "3 Marina Road", "city": "Lagos", "country": "NG"}


@pytest.fixture(autouse=True)
def _own_replicas() -> Iterator[None]:
    """No test sees what another one's searches left in this process."""
    replica.forget()
    yield
    replica.forget()
    publishing.forget()


@dataclass
class Store(Shop):
    """What tests of the store do: fill shelves, buy, look."""

    def category(self, title: str = "Books", parent_id: str | None = None) -> str:
        made = self.admin.post("/api/categories", {"title": title, "parentId": parent_id})
        return str(made.data["categoryId"])

    def product(self, *, stock: int = 5, price: int = 2_000, **fields: Any) -> dict[str, Any]:
        """Put a product with one variant on the shelf."""
        variant = {"sku": "ONE", "title": "Paperback", "price": price, "stock": stock, "cost": price // 2}
        body = {"title": "Algebra", "currency": "NGN", "variants": [variant], "taxPercent": "7.5", "taxName": "VAT"}
        body |= {"categoryId": fields.pop("categoryId", None) or self.category(), **fields}
        made: dict[str, Any] = self.admin.post("/api/products", body).data
        self.clock.advance(seconds=1)
        return made

    def fill(self, product_id: str, quantity: int = 1, buyer: Client | None = None, **more: Any) -> Reply:
        body = {"quantity": quantity, **more}
        return (buyer or self.buyer).send("PUT", f"/api/cart/items/{product_id}", body)

    def place(self, buyer: Client | None = None, **wanted: Any) -> Reply:
        """Order what is in the cart."""
        return (buyer or self.buyer).post("/api/orders", {"address": ADDRESS, **wanted})

    def ordered(self, quantity: int = 1, buyer: Client | None = None, **fields: Any) -> dict[str, Any]:
        """Put a new product into the cart and order it."""
        product = self.product(**fields)
        self.fill(product["productId"], quantity, buyer)
        found: dict[str, Any] = self.place(buyer).data
        return found

    def pay(self, order: dict[str, Any], buyer: Client | None = None, **wanted: Any) -> Reply:
        path = f"/api/orders/{order['orderId']}/payment"
        return (buyer or self.buyer).post(path, {"provider": "paystack", **wanted})

    def paid(self, order: dict[str, Any], buyer: Client | None = None) -> dict[str, Any]:
        """Pay an order on the provider's page, and return it as it stands then."""
        self.act(self.pay(order, buyer).data)
        self.settle()
        return self.look(order, buyer)

    def look(self, order: dict[str, Any], buyer: Client | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (buyer or self.buyer).get(f"/api/orders/{order['orderId']}").data
        return found

    def move(self, order: dict[str, Any], state: str, **more: Any) -> Reply:
        return self.admin.send("PUT", f"/api/orders/{order['orderId']}/status", {"state": state, **more})

    def stock(self, product_id: str, sku: str = "ONE") -> tuple[int, int, int]:
        """Return what is available, reserved and sold of a variant."""
        found = Variant.require(product_id=product_id, sku=sku, consistent=True)
        return int(found.available), int(found.reserved), int(found.sold)

    def payments(self, order: dict[str, Any]) -> list[Payment]:
        found = [Payment.fetch(payment_id=each.payment_id) for each in tries_of(order["orderId"])]
        return [each for each in found if each]

    def work(self) -> None:
        for _ in range(3):
            assert workers.deliver(self.cloud, self.tenant, only="payments", rounds=6) == 0
            assert workers.deliver(self.cloud, self.tenant, only="store", rounds=6) == 0

    def run(self, *names: str) -> None:
        run(jobs, *names)
        self.settle()


__all__ = ["ADDRESS", "Store", "providers"]


@pytest.fixture
def store(client: Client, cloud: Cloud, tenant: str, providers: Any, clock: Clock) -> Store:
    """A store with empty shelves."""
    plan()
    return Store(client, cloud, tenant, providers, clock)
