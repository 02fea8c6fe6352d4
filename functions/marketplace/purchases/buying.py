"""Buying an offer: two reads and one transaction, then the provider's page where something is left to pay.

What its buyer's credit pays whole is theirs at once: entitlement, commission and the seller's balance stand in the one
transaction with the order. What is paid at a provider is booked in the same way when the money has arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lyceum.events.payments import OrderConfirmed
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch, retry_on_conflict
from lyceum.kit.values.money import Money
from lyceum.messages.appearance import payment_page
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.offers import Offer
from lyceum.model.marketplace.sales import OfferPurchase, Sale
from lyceum.model.marketplace.sellers import CommissionRules, Seller
from lyceum.model.payments.books import ProviderCircuit
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.model.payments.orders import Customer, Payment
from lyceum.model.users.account import User
from lyceum.rules.ledger import booking
from lyceum.rules.ledger.booking import book, credit, debit
from lyceum.rules.marketplace import rights, sales
from lyceum.rules.providers import checkouts
from lyceum.rules.providers.registry import circuit_name
from lyceum.rules.sales import coupons
from lyceum.rules.sales.entitlements import give

from functions.marketplace.commissions import rules
from functions.marketplace.purchases.schemas import BuyOffer, PurchaseView


@dataclass
class _Around:
    """What bears on a purchase, as it was read.

    Attributes:
        balance: The buyer's credit in the offer's currency.
        used: The coupons that the buyer names, with how often they used each.
        customer: How often the buyer has bought.
    """

    offer: Offer
    user: User | None
    circuit: ProviderCircuit | None
    rules: CommissionRules | None
    seller: Seller | None
    right: Entitlement | None
    purchase: OfferPurchase | None
    balance: int
    used: list[tuple[str, Coupon | None, CouponUse | None]]
    customer: Customer | None


def buy(caller: Principal, offer_id: str, wanted: BuyOffer) -> PurchaseView:
    """Buy an offer (2 reads, 1 transaction, and 1 write of the provider's page).

    Raises NotFound, Conflict PRICE_CHANGED and ALREADY_YOURS, RuleViolation OWN_OFFER and of each coupon that is no
    good, and ProviderDown, after which the order stands and ends by itself.
    """
    checkouts.require_callable(wanted.callback_url)
    payment, around = retry_on_conflict(lambda: _order(caller, offer_id, wanted))
    if payment.amount:
        payment = checkouts.open_checkout(
            payment, around.user, around.circuit, wanted.callback_url or payment_page(payment.payment_id)
        )
    return _view(payment)


def _order(caller: Principal, offer_id: str, wanted: BuyOffer) -> tuple[Payment, _Around]:
    around = _read(caller, offer_id, wanted)
    offer, now = around.offer, clock.now()
    discounts = coupons.taken_off(around.used, _wanted(around))
    discount = sum(each.amount for each in discounts)
    price = int(offer.price) - discount
    if wanted.expected_amount is not None and wanted.expected_amount != price:
        raise Conflict(f"The price is {Money(amount=price, currency=offer.currency)} now.", code="PRICE_CHANGED")
    used = min(around.balance, price)
    if used < price:
        checkouts.require_set_up(wanted.provider)
        checkouts.require_taken(wanted.provider, price - used, offer.currency)
    payment = Payment(
        payment_id=ids.new_id(),
        user_id=caller.user_id,
        provider=wanted.provider if used < price else checkouts.FREE,
        purpose=sales.OFFER,
        product=offer.product,
        offer_id=offer_id,
        title=offer.title,
        currency=offer.currency,
        list_amount=offer.price,
        discount=discount,
        coupons=[each.coupon.code for each in discounts],
        balance_used=used,
        amount=price - used,
    )
    sale = _sale(payment, around, now)
    unit = Unit()
    coupons.count(unit, [each.coupon for each in discounts], caller.user_id)
    if payment.amount:
        _await(unit, payment, sale, now)
    else:
        _give(unit, payment, sale, around, now)
    unit.commit()
    return payment, around


def _read(caller: Principal, offer_id: str, wanted: BuyOffer) -> _Around:
    """Read what bears on a purchase, and refuse one that can not be (2 requests)."""
    offer, user, found, circuit = batch_fetch(
        [
            Offer.at(offer_id=offer_id),
            User.at(user_id=caller.user_id),
            CommissionRules.at(),
            circuit_name(wanted.provider),
        ],
        consistent=True,
    )
    if not isinstance(offer, Offer) or offer.state != "listed":
        raise NotFound("There is no such offer.")
    if offer.seller_id == caller.user_id:
        raise rule_violation("OWN_OFFER", "Nobody buys what is theirs.")
    account, codes = f"credit:{caller.user_id}", list(dict.fromkeys(wanted.coupon_codes))
    seller, right, purchase, balance, customer, *used = batch_fetch(
        [
            Seller.at(user_id=offer.seller_id),
            Entitlement.at(user_id=caller.user_id, product=offer.product),
            OfferPurchase.at(user_id=caller.user_id, offer_id=offer_id),
            booking.named(account, offer.currency),
            Customer.at(user_id=caller.user_id),
            *_names_of(codes, caller.user_id),
        ],
        consistent=True,
    )
    _require_none(purchase, right)
    return _Around(
        offer=offer,
        user=user if isinstance(user, User) else None,
        circuit=circuit if isinstance(circuit, ProviderCircuit) else None,
        rules=found if isinstance(found, CommissionRules) else None,
        seller=seller if isinstance(seller, Seller) else None,
        right=right if isinstance(right, Entitlement) else None,
        purchase=purchase if isinstance(purchase, OfferPurchase) else None,
        balance=max(0, booking.standing_of(account, balance)),
        used=[_used(code, *used[2 * place : 2 * place + 2]) for place, code in enumerate(codes)],
        customer=customer if isinstance(customer, Customer) else None,
    )


def _require_none(purchase: Entity | None, right: Entity | None) -> None:
    """Refuse what the buyer has already; raises Conflict ALREADY_YOURS."""
    has_bought = isinstance(purchase, OfferPurchase) and purchase.state == "bought"
    if has_bought or rights.is_good(right):
        raise Conflict("You have this already.", code="ALREADY_YOURS")


def _names_of(codes: Sequence[str], user_id: str) -> list[Entity]:
    pairs = [(Coupon.at(code=code), CouponUse.at(code=code, user_id=user_id)) for code in codes]
    return [each for pair in pairs for each in pair]


def _used(code: str, coupon: Entity | None, use: Entity | None) -> tuple[str, Coupon | None, CouponUse | None]:
    return code, coupon if isinstance(coupon, Coupon) else None, use if isinstance(use, CouponUse) else None


def _wanted(around: _Around) -> coupons.Wanted:
    offer = around.offer
    purchases = int(around.customer.purchases) if around.customer else 0
    names = coupons.names_of_offer(offer.offer_id)
    return coupons.Wanted({str(offer.product): int(offer.price)}, names, offer.currency, purchases)


def _sale(payment: Payment, around: _Around, now: datetime) -> Sale:
    """Write down how a price is parted, by the rule that is in force now."""
    offer = around.offer
    tier = str(around.seller.tier) if around.seller else "standard"
    rule = rules.chosen(around.rules, offer.type, tier, now)
    parts = sales.parts_of(int(offer.price), rule["percent"])
    return Sale(
        payment_id=payment.payment_id,
        offer_id=offer.offer_id,
        seller_id=offer.seller_id,
        buyer_id=payment.user_id,
        type=offer.type,
        title=offer.title,
        gross=int(offer.price),
        commission=parts.commission,
        earned=parts.earned,
        discount=payment.discount,
        currency=offer.currency,
        rule=rule,
    )


def _await(unit: Unit, payment: Payment, sale: Sale, now: datetime) -> None:
    """Add an order to a unit that is to be paid, and its buyer's credit set aside for it."""
    payment.due_at = now + checkouts.CHECKOUT_OPEN
    unit.create(payment).create(sale)
    used = int(payment.balance_used)
    if used:
        legs = [debit(f"credit:{payment.user_id}", used, payment.currency), credit("held", used, payment.currency)]
        book(unit, payment.payment_id, "hold", legs, refuse=sales.moved())


def _give(unit: Unit, payment: Payment, sale: Sale, around: _Around, now: datetime) -> None:
    """Add to a unit that an offer is paid for by credit alone, and its buyer has it."""
    payment.state, payment.paid_at = "paid", now
    confirmed = OrderConfirmed(order_id=payment.payment_id, user_id=payment.user_id, what=payment.title)
    unit.create(payment, confirmed)
    parts = sales.conclude(unit, sale, around.purchase, now)
    paid = [
        debit(f"credit:{payment.user_id}", int(payment.balance_used), payment.currency),
        debit("discount", int(payment.discount), payment.currency),
    ]
    book(unit, payment.payment_id, "paid", [*paid, *parts], refuse=sales.moved())
    customer = around.customer or Customer(user_id=payment.user_id)
    customer.purchases = int(customer.purchases) + 1
    unit.save(customer)
    give(unit, around.right, payment.user_id, payment.product, None, source_id=payment.payment_id)


def _view(payment: Payment) -> PurchaseView:
    def money(amount: float) -> Money:
        return Money(amount=int(amount), currency=payment.currency)

    return PurchaseView(
        payment_id=payment.payment_id,
        reference=payment.reference,
        product_id=payment.offer_id,
        what=payment.title,
        state="paid" if payment.state == "paid" else "created",
        price=money(payment.list_amount),
        discount=money(payment.discount) if payment.discount else None,
        credit_used=money(payment.balance_used) if payment.balance_used else None,
        total=money(payment.amount),
        checkout_url=payment.checkout_url,
    )
