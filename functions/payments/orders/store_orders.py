"""Paying for an order of the store, whose prices, coupons and stock the order itself has fixed."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.http import exchange
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.kit.values.money import Money
from lyceum.messages.appearance import payment_page
from lyceum.model.payments.books import ProviderCircuit
from lyceum.model.payments.orders import OPEN_STATES, Payment
from lyceum.model.store.orders import ORDER, StoreOrder
from lyceum.model.users.account import User
from lyceum.rules.providers import checkouts
from lyceum.rules.providers.checkouts import CHECKOUT_OPEN, FREE
from lyceum.rules.providers.registry import circuit_name
from lyceum.rules.sales.order_payments import tries_of

from functions.payments.offers.quotes import Basket
from functions.payments.orders.schemas import PayOrder
from functions.payments.settlement.settling import nothing_to_pay, settle


def pay(caller: Principal, order_id: str, wanted: PayOrder) -> Payment:
    """Open the provider's page for one's own order (3 requests, one of them a transaction).

    The page that is open already is given again; after a decline there may be others, five in all. What costs nothing
    is paid at once. Raises NotFound, Conflict ORDER_NOT_PAYABLE and PRICE_CHANGED, RuleViolation ORDER_HELD,
    TOO_MANY_TRIES, CALLBACK_REFUSED and PROVIDER_NOT_SET_UP, and ProviderDown.
    """
    order, tries, basket = _read(caller, order_id, wanted.provider)
    checkouts.require_callable(wanted.callback_url)
    checkouts.require_set_up(wanted.provider)
    checkouts.require_taken(wanted.provider, int(order.total), order.currency)
    _require_payable(order, wanted.expected_amount)
    known = next((each for _, each in tries if each and each.state in OPEN_STATES), None)
    if known is not None and known.provider == wanted.provider:
        return known if known.checkout_url else _open_page(known, basket, wanted)
    free = next((name for name, each in tries if each is None), None)
    if free is None:
        raise rule_violation("TOO_MANY_TRIES", "This was tried often enough. Place the order anew.")
    payment = _compose(free.payment_id, order, wanted.provider)
    unit = Unit().create(payment)
    unit.check(order, StoreOrder.state == "reserved", refuse=_not_payable())
    unit.commit()
    if not payment.amount:
        return settle(payment.payment_id, nothing_to_pay(payment))
    return _open_page(payment, basket, wanted)


def _open_page(payment: Payment, basket: Basket, wanted: PayOrder) -> Payment:
    back = wanted.callback_url or payment_page(payment.payment_id)
    return checkouts.open_checkout(payment, basket.user, basket.circuit, back)


def _read(
    caller: Principal, order_id: str, provider: str
) -> tuple[StoreOrder, list[tuple[Payment, Payment | None]], Basket]:
    """Read the order, its payments so far, and who pays by whom (1 request)."""
    names = tries_of(order_id)
    around = [StoreOrder.at(order_id=order_id), User.at(user_id=caller.user_id), circuit_name(provider)]
    order, user, circuit, *found = batch_fetch([*around, *names], consistent=True)
    if not isinstance(order, StoreOrder) or order.user_id != caller.user_id:
        raise NotFound("There is no such order.")
    basket = Basket(caller.user_id)
    basket.user = user if isinstance(user, User) else None
    basket.circuit = circuit if isinstance(circuit, ProviderCircuit) else None
    tries = [(name, each if isinstance(each, Payment) else None) for name, each in zip(names, found, strict=True)]
    return order, tries, basket


def _require_payable(order: StoreOrder, expected: int | None) -> None:
    if order.state == "held":
        raise rule_violation("ORDER_HELD", "This order is looked at first. You are told when it can be paid.")
    if order.state != "reserved" or order.expires_at is None or order.expires_at <= clock.now():
        raise _not_payable()
    if expected is not None and expected != order.total:
        costs = Money(amount=int(order.total), currency=order.currency)
        raise Conflict(f"The order costs {costs}.", code="PRICE_CHANGED")


def _compose(payment_id: str, order: StoreOrder, provider: str) -> Payment:
    return Payment(
        payment_id=payment_id,
        user_id=order.user_id,
        provider=provider if order.total else FREE,
        product=f"{ORDER}{order.order_id}",
        title=order.title,
        currency=order.currency,
        country=order.country,
        seen_in=exchange.country(),
        list_amount=int(order.subtotal),
        discount=int(order.discount),
        tax=int(order.tax),
        amount=int(order.total),
        due_at=clock.now() + CHECKOUT_OPEN,
    )


def _not_payable() -> Conflict:
    return Conflict("This order can not be paid any more.", code="ORDER_NOT_PAYABLE")
