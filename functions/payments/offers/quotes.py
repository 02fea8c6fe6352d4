"""Quotes: what an order costs and how it is paid, from everything that bears on it, read in one request."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, batch_fetch
from lyceum.kit.values.money import Money
from lyceum.model.courses.course import Course
from lyceum.model.marketplace.offers import Offer
from lyceum.model.payments.affiliates import AffiliateCode
from lyceum.model.payments.books import ProviderCircuit
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.model.payments.ledger import PersonalBalance
from lyceum.model.payments.orders import Customer
from lyceum.model.payments.plans import Plan
from lyceum.model.payments.subscriptions import LiveSubscription, TrialTaken
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access
from lyceum.rules.ledger import booking
from lyceum.rules.ledger.rounding import tax_within
from lyceum.rules.providers.registry import circuit_name
from lyceum.rules.sales import coupons
from lyceum.rules.sales.coupons import Discount

from functions.payments.offers.plans import Price, for_sale, price_of


@frozen
class Ask:
    """What somebody asks the price of."""

    currency: str
    plan_id: str | None = None
    course_id: str | None = None
    offer_id: str | None = None
    seats: int = 1
    country: str | None = None
    coupon_codes: Sequence[str] = ()
    referral_code: str | None = None
    provider: str | None = None


@dataclass
class Basket:
    """Everything that bears on an order, as it was read."""

    user_id: str
    plan: Plan | None = None
    course: Course | None = None
    offer: Offer | None = None
    user: User | None = None
    customer: Customer | None = None
    balance: int = 0
    coupons: list[tuple[str, Coupon | None, CouponUse | None]] = field(default_factory=list)
    referral: AffiliateCode | None = None
    circuit: ProviderCircuit | None = None
    live: LiveSubscription | None = None

    @property
    def purchases(self) -> int:
        """How often the buyer has bought so far."""
        return int(self.customer.purchases) if self.customer else 0


@frozen
class Quote:
    """What an order costs: minor units of `price.currency`.

    Attributes:
        discounts: What each coupon takes off.
        proration: What unused time of another plan takes off.
        balance_used: What the buyer's credit pays.
        left_over: What becomes the buyer's credit, where unused time is worth more than the order.
        amount: What is asked for in the end.
        tax: The part of list price less discount that is tax.
    """

    product: str
    title: str
    price: Price
    discounts: list[Discount]
    proration: int
    balance_used: int
    left_over: int

    @property
    def discount(self) -> int:
        """What all coupons take off."""
        return sum(each.amount for each in self.discounts)

    @property
    def amount(self) -> int:
        """What is asked for in the end."""
        return max(0, self.price.amount - self.discount - self.proration) - self.balance_used

    @property
    def tax(self) -> int:
        """The part of list price less discount that is tax."""
        return tax_within(self.price.amount - self.discount, self.price.tax_percent)


def read(user_id: str, ask: Ask) -> Basket:
    """Read everything that bears on an order (1 request)."""
    names: list[Entity] = [
        User.at(user_id=user_id),
        Customer.at(user_id=user_id),
        PersonalBalance.at(account=f"credit:{user_id}", currency=ask.currency),
        LiveSubscription.at(user_id=user_id),
    ]
    names += [Plan.at(plan_id=ask.plan_id)] if ask.plan_id else []
    names += [Course.at(course_id=ask.course_id)] if ask.course_id else []
    names += [Offer.at(offer_id=ask.offer_id)] if ask.offer_id else []
    for code in ask.coupon_codes:
        names += [Coupon.at(code=code), CouponUse.at(code=code, user_id=user_id)]
    names += [AffiliateCode.at(code=ask.referral_code)] if ask.referral_code else []
    names += [circuit_name(ask.provider)] if ask.provider else []
    return _sorted(user_id, ask, [each for each in batch_fetch(names, consistent=True) if each is not None])


_PLACES: dict[type[Entity], str] = {
    Plan: "plan",
    Course: "course",
    Offer: "offer",
    User: "user",
    Customer: "customer",
    LiveSubscription: "live",
    AffiliateCode: "referral",
    ProviderCircuit: "circuit",
}
"""Where in a basket an item of a kind stands."""


def _sorted(user_id: str, ask: Ask, found: Sequence[Entity]) -> Basket:
    basket = Basket(user_id)
    offered = {item.code: item for item in found if isinstance(item, Coupon)}
    used = {item.code: item for item in found if isinstance(item, CouponUse)}
    for item in found:
        if isinstance(item, PersonalBalance):
            basket.balance = max(0, booking.standing_of(item.account, item))
        elif type(item) in _PLACES:
            setattr(basket, _PLACES[type(item)], item)
    basket.coupons = [(code, offered.get(code), used.get(code)) for code in ask.coupon_codes]
    return basket


def took_trial(user_id: str, product: str) -> bool:
    """Say whether somebody has tried a product for nothing before (1 request)."""
    return TrialTaken.fetch(user_id=user_id, product=product, consistent=True) is not None


def offer(caller: Principal, basket: Basket, ask: Ask) -> tuple[str, str, Price]:
    """Return what is asked for: product, title and list price.

    Raises NotFound for what is not for sale, RuleViolation CURRENCY_NOT_OFFERED, TOO_MANY_SEATS and NOT_FOR_SALE.
    """
    if ask.plan_id:
        plan = for_sale(basket.plan)
        return f"PLAN#{plan.product}", str(plan.title), price_of(plan, ask.currency, ask.country, ask.seats)
    product, title, price = _offered(basket.offer) if ask.offer_id else _course(caller, basket.course)
    if price.currency != ask.currency:
        raise rule_violation("CURRENCY_NOT_OFFERED", "This is not sold in this currency.", field="currency")
    if ask.seats > 1:
        raise rule_violation("TOO_MANY_SEATS", "This is sold one by one.", field="seats")
    return product, title, price


def _course(caller: Principal, found: Course | None) -> tuple[str, str, Price]:
    course = course_access.visible(caller, found)
    if not course.price:
        raise rule_violation("NOT_FOR_SALE", "This course costs nothing.", field="courseId")
    price = Price(amount=int(course.price["amount"]), currency=course.price["currency"])
    return f"COURSE#{course.course_id}", f"{course.code} {course.title}".strip(), price


def _offered(found: Offer | None) -> tuple[str, str, Price]:
    if found is None or found.state != "listed":
        raise NotFound("There is no such offer.")
    return str(found.product), str(found.title), Price(amount=int(found.price), currency=found.currency)


def quote(
    basket: Basket, product: str, title: str, price: Price, *, plan_id: str | None = None, proration: int = 0
) -> Quote:
    """Work out what an order costs; raises RuleViolation for a coupon that is no good."""
    names = {plan_id} if plan_id else set()
    names |= coupons.names_of_offer(basket.offer.offer_id) if basket.offer else set()
    wanted = coupons.Wanted({product: price.amount}, frozenset(names), price.currency, basket.purchases)
    discounts = coupons.taken_off(basket.coupons, wanted)
    rest = price.amount - sum(each.amount for each in discounts) - proration
    return Quote(
        product=product,
        title=title,
        price=price,
        discounts=discounts,
        proration=proration,
        balance_used=min(basket.balance, max(0, rest)),
        left_over=max(0, -rest),
    )


def require_shown(quoted: Quote, expected: int | None) -> None:
    """Refuse an order whose price is another than its buyer saw; raises Conflict PRICE_CHANGED."""
    if expected is not None and expected != quoted.amount:
        price = Money(amount=quoted.amount, currency=quoted.price.currency)
        raise Conflict(f"The price is {price} now.", code="PRICE_CHANGED")
