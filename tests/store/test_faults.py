"""An order, its stock, coupon and books agree after a crash at any write between the cart and the refund."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.injection import Faults, injected
from tests.store.conftest import ADDRESS, Store
from tests.support import workers
from tests.support.http import Reply

_SERVER_ERROR = 500


def stubborn(store: Store, call: Callable[[], Reply]) -> dict[str, Any]:
    """Send a request again, as clients do, until it is answered; one that seems to run is awaited."""
    for _ in range(4):
        answer = call()
        if answer.status < _SERVER_ERROR and "IN_PROGRESS" not in answer.body:
            break
        store.clock.advance(seconds=130)
    found: dict[str, Any] = answer.data
    return found


def deliver(store: Store) -> None:
    """Bring webhooks, and let workers try until nothing is left."""
    for webhook in store.providers.take_webhooks():
        while store.tell(webhook).status >= _SERVER_ERROR:
            pass
    for _ in range(4):
        left = [workers.deliver(store.cloud, store.tenant, only=name, rounds=6) for name in ("payments", "store")]
        if not any(left):
            return
        store.clock.advance(seconds=130)


def buy_and_cancel(store: Store, product_id: str, key: str) -> None:
    buyer, client_key = store.buyer, {"idempotency_key": key}
    wanted = {"address": ADDRESS, "couponCodes": ["TEN"]}
    stubborn(store, lambda: store.fill(product_id, 2))
    order = stubborn(store, lambda: buyer.post("/api/orders", wanted, **client_key))
    path = f"/api/orders/{order['orderId']}"
    payment = stubborn(store, lambda: buyer.post(f"{path}/payment", {"provider": "paystack"}, **client_key))
    store.act(payment)
    deliver(store)
    assert store.look(order)["state"] == "paid"
    assert store.stock(product_id) == (3, 0, 2)
    stubborn(store, lambda: buyer.delete(path))
    deliver(store)
    deliver(store)
    found = store.look(order)
    assert (found["state"], found["refund"], store.stock(product_id)) == ("cancelled", "done", (5, 0, 0))
    assert [each.state for each in store.payments(order)] == ["refunded"]
    (coupon,) = store.admin.get("/api/coupons").data
    assert coupon["uses"] == 0


@pytest.mark.parametrize("kind", ["timeout", "crash after write"])
def test_a_crash_at_any_write_leaves_everything_whole(store: Store, kind: str) -> None:
    store.admin.post("/api/coupons", {"code": "TEN", "percent": 10})
    product_id = store.product()["productId"]
    with injected(Faults()) as calm:
        buy_and_cancel(store, product_id, "calm")
    places = calm.places(kind)
    assert len(places) > 20
    for at in places[:: 7 if kind == "timeout" else 6]:
        store.clock.advance(hours=25)  # orders of a day ago are no hurry
        with injected(Faults(kind, at)):
            buy_and_cancel(store, product_id, f"{kind} {at}")
    store.require_balanced()
