"""Orders, stock, coupons and books agree after any interleaving of buyers, payment, time and staff, with deaths."""

import random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.payments.providers import Providers
from lyceum.events.payments import OrderPaid
from lyceum.kit import ids
from lyceum.kit.http import exchange
from lyceum.kit.identity import Principal, Role
from lyceum.kit.table import Unit, find_all
from lyceum.model.payments.coupons import Coupon
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.payments.orders import Payment
from lyceum.model.store.carts import Cart
from lyceum.model.store.orders import PAID, UNPAID, StoreOrder
from lyceum.model.store.products import Variant
from lyceum.rules.sales.order_payments import tries_of
from tests.faults.interleaving import Act, Play, drawn, parts
from tests.store.conftest import ADDRESS
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud, unwired

from functions.payments.orders import looking, store_orders
from functions.payments.orders.schemas import PayOrder
from functions.store.orders import checkout, moving, settling
from functions.store.orders.schemas import PlaceOrder, SetOrderStatus

FEW = 32
MOST_WRITES = 8
PRICE = 2_000


class Shelf:
    """One variant of which there are few, some buyers, and a coupon that may be used twice."""

    def __init__(self, play: Play, tenant: str, providers: Providers) -> None:
        self.play, self.tenant, self.providers = play, tenant, providers
        self.product_id, self.had = ids.new_id(), play.chance.randint(1, 4)
        self.buyers = [Principal(ids.new_id(), tenant, Role.STUDENT, "free", "s") for _ in range(3)]
        self.staff = Principal(ids.new_id(), tenant, Role.ADMIN, "free", "s")
        unit = Unit().create(Coupon(code="TEN", percent="10", most_uses=2, listed_at=play.began))
        fields: dict[str, Any] = {"title": "One", "product_title": "Algebra", "currency": "NGN", "tax_percent": "7.5"}
        unit.create(Variant(product_id=self.product_id, sku="ONE", price=PRICE, available=self.had, **fields))
        for buyer in self.buyers:
            line = {"product_id": self.product_id, "sku": "ONE", "price": PRICE, "currency": "NGN"}
            unit.create(Cart(user_id=buyer.user_id, items=[line | {"quantity": play.chance.choice([1, 1, 2])}]))
        unit.commit()

    # What happens

    def placed(self, buyer: Principal) -> Act:
        codes = ["TEN"] if self.play.chance.random() < 0.7 else []
        wanted = PlaceOrder.model_validate({"address": ADDRESS, "couponCodes": codes})
        return lambda: checkout.place(buyer, wanted)

    def orders(self) -> list[StoreOrder]:
        found = [find_all(StoreOrder, index="gsi1", user_id=each.user_id) for each in self.buyers]
        names = [each.order_id for page in found for each in page]
        return [StoreOrder.require(order_id=name, consistent=True) for name in names]

    def opened(self) -> None:
        """Let held orders go, and every buyer open the provider's page."""
        for order in self.orders():
            if order.state == "held":  # a coupon that many send to one address
                moving.move(self.staff, str(order.order_id), SetOrderStatus(state="reserved"))
            buyer = next(each for each in self.buyers if each.user_id == order.user_id)
            store_orders.pay(buyer, str(order.order_id), PayOrder(provider="paystack"))

    def paid(self, payment: Payment) -> Act:
        """Let money arrive, and the store hear of it."""
        order_id = str(payment.product).partition("#")[2]

        def act() -> None:
            self.providers.act("paystack", payment.reference, "pay")
            looking.look(str(payment.payment_id))
            settling.take(
                OrderPaid(
                    order_id=order_id,
                    payment_id=payment.payment_id,
                    user_id=payment.user_id,
                    amount_minor=int(payment.amount),
                    currency="NGN",
                )
            )

        return act

    def happenings(self, order: StoreOrder) -> list[Act]:
        """Return what may happen to an order whose page is open."""
        buyer = next(each for each in self.buyers if each.user_id == order.user_id)
        name = str(order.order_id)
        acts: list[Act] = [
            lambda: moving.cancel(buyer, name),
            lambda: moving.expire(name),
            lambda: moving.move(self.staff, name, SetOrderStatus(state="shipped")),
            lambda: moving.move(self.staff, name, SetOrderStatus(state="cancelled", goods_back=True)),
        ]
        return [*[self.paid(each) for each in self.payments(order)], *acts]

    def payments(self, order: StoreOrder) -> list[Payment]:
        found = [Payment.fetch(payment_id=each.payment_id, consistent=True) for each in tries_of(str(order.order_id))]
        return [each for each in found if each]

    # What stands then

    def require_whole(self) -> None:
        """Demand that stock, coupon, orders and books say the same."""
        variant = Variant.require(product_id=self.product_id, sku="ONE", consistent=True)
        orders = self.orders()

        def units(*states: str) -> int:
            return sum(int(each.lines[0]["quantity"]) for each in orders if each.state in states)

        stands = (int(variant.available), int(variant.reserved), int(variant.sold))
        assert min(stands) >= 0 and sum(stands) == self.had, stands
        assert stands[1:] == (units(*UNPAID), units(*PAID)), [each.state for each in orders]
        coupon = Coupon.require(code="TEN", consistent=True)
        using = [each for each in orders if each.coupons and each.state in {*UNPAID, *PAID}]
        assert coupon.uses == len(using) <= 2
        for order in orders:
            self._require_paid_once(order)

    def _require_paid_once(self, order: StoreOrder) -> None:
        made = self.payments(order)
        kept = [each for each in made if each.state == "paid"]
        came = sum(int(each.amount) - int(each.refunded) for each in made if each.paid_at)
        assert came == (int(order.total) if order.state in PAID else 0), (order.state, [each.state for each in made])
        assert [each.payment_id for each in kept] == ([order.payment_id] if order.state in PAID else [])
        for each in made:
            entries = list(find_all(LedgerEntry, subject_id=each.payment_id, consistent=True))
            assert all(sum(int(leg["amount"]) for leg in entry.legs) == 0 for entry in entries)
            booked = sum(
                int(leg["amount"]) for entry in entries for leg in entry.legs if leg["account"] == "provider.paystack"
            )
            left = int(each.amount) - int(each.refunded) - int(each.fee or 0)
            assert booked == (left if each.paid_at else 0)


def scene(shelf: Shelf, chance: random.Random, clock: Clock) -> None:
    """Let buyers order at once, then let everything happen to what they ordered."""
    shelf.play.together(*[shelf.placed(each) for each in drawn_buyers(shelf, chance)])
    shelf.opened()
    acts = [act for order in shelf.orders() for act in drawn(chance, shelf.happenings(order), 3)]
    if chance.random() < 0.5:
        clock.advance(minutes=31)
    if acts:
        shelf.play.together(*acts[:5])


def drawn_buyers(shelf: Shelf, chance: random.Random) -> list[Principal]:
    return chance.sample(shelf.buyers, chance.randint(1, 3))


@pytest.mark.parametrize("numbers", parts(FEW), ids=str)
def test_orders_stock_coupon_and_books_agree_after_any_interleaving(
    cloud: Cloud, clock: Clock, providers: Providers, numbers: range
) -> None:
    exchange.begin(cast("exchange.Exchange", SimpleNamespace(country=None)))
    deaths, began = 0, clock.at
    for number in numbers:
        clock.move_to(began)
        with cloud.new_tenant() as tenant, unwired():
            play = Play(number, most_writes=MOST_WRITES, began=began, wrote=lambda: cloud.published(tenant))
            shelf = Shelf(play, tenant, providers)
            scene(shelf, play.chance, clock)
            for _ in range(3):
                for name in ("payments", "store"):
                    assert workers.deliver(cloud, tenant, only=name, rounds=6) == 0
            shelf.require_whole()
            deaths += play.writes > number % MOST_WRITES
    assert deaths >= len(numbers) // 5
