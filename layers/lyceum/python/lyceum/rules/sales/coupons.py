"""Coupons: what each takes off, and counting their use in the transaction of whatever is ordered with them."""

from collections.abc import Mapping, Sequence

from lyceum.kit import clock
from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.rules.ledger.rounding import percentage

MARKETPLACE = "MARKETPLACE"
"""What coupons name that are for every offer."""


@frozen
class Wanted:
    """What coupons are to be used for.

    Attributes:
        amounts: What each product costs that is ordered, by its name, in minor units of `currency`.
        names: What the order is named by besides, such as the id of a plan.
        purchases: How often its user has bought so far.
    """

    amounts: Mapping[str, int]
    names: frozenset[str]
    currency: str
    purchases: int

    @property
    def amount(self) -> int:
        """What everything costs."""
        return sum(self.amounts.values())

    def within(self, products: Sequence[str]) -> int:
        """Return what that costs which a coupon is for: everything, where it names nothing or the order as a whole."""
        if not products or self.names & set(products):
            return self.amount
        return sum(amount for name, amount in self.amounts.items() if name in products)


def names_of_offer(offer_id: str) -> frozenset[str]:
    """Return what coupons name an offer of the marketplace by, beside what it gives a right to."""
    return frozenset({MARKETPLACE, f"OFFER#{offer_id}"})


@frozen
class Discount:
    """What a coupon takes off, in minor units."""

    coupon: Coupon
    amount: int


def taken_off(found: Sequence[tuple[str, Coupon | None, CouponUse | None]], wanted: Wanted) -> list[Discount]:
    """Return what each coupon takes off: those of per cent first, of the price, then amounts; never below zero.

    Raises RuleViolation with the rule that a coupon breaks.
    """
    coupons = [_good(code, coupon, use, wanted) for code, coupon, use in found]
    if len(coupons) > 1 and not all(coupon.stacks for coupon in coupons):
        raise _refusal("COUPON_NOT_STACKABLE", "These coupons can not be used together.")
    left = wanted.amount
    discounts = []
    for coupon in sorted(coupons, key=lambda each: each.percent is None):
        within = wanted.within(coupon.products)
        whole = percentage(within, coupon.percent) if coupon.percent else min(within, int(coupon.amount))
        discounts.append(Discount(coupon, min(left, whole)))
        left -= discounts[-1].amount
    return discounts


def _good(code: str, coupon: Coupon | None, use: CouponUse | None, wanted: Wanted) -> Coupon:
    now = clock.now()
    if coupon is None or not coupon.is_active:
        raise _refusal("COUPON_UNKNOWN", f"There is no coupon {code}.")
    if coupon.starts_at and now < coupon.starts_at:
        raise _refusal("COUPON_NOT_STARTED", "This coupon is not good yet.")
    if coupon.ends_at and now >= coupon.ends_at:
        raise _refusal("COUPON_ENDED", "This coupon is good no more.")
    if coupon.products and not (wanted.names | set(wanted.amounts)) & set(coupon.products):
        raise _refusal("COUPON_OTHER_PRODUCT", "This coupon is for something else.")
    if coupon.currency and coupon.currency != wanted.currency:
        raise _refusal("COUPON_OTHER_CURRENCY", f"This coupon is for prices in {coupon.currency}.")
    if coupon.first_purchase and wanted.purchases:
        raise _refusal("COUPON_FIRST_PURCHASE", "This coupon is for a first purchase.")
    if coupon.most_uses is not None and coupon.uses >= coupon.most_uses:
        raise _used_up()
    if coupon.most_per_person is not None and use is not None and use.uses >= coupon.most_per_person:
        raise _used_by_you()
    return coupon


def count(unit: Unit, coupons: Sequence[Coupon], user_id: str) -> None:
    """Count the use of coupons in the order's transaction, which is refused when one is used up meanwhile."""
    for coupon in coupons:
        is_free = Coupon.most_uses.does_not_exist() | (Coupon.uses < Coupon.most_uses)
        unit.change(coupon, Coupon.uses.add(1), when=is_free & (Coupon.is_active == True), refuse=_used_up())  # noqa: E712 - a condition
        use = CouponUse.at(code=coupon.code, user_id=user_id)
        most = coupon.most_per_person
        mine = None if most is None else CouponUse.uses.does_not_exist() | (CouponUse.uses < most)
        unit.change(use, CouponUse.uses.add(1), when=mine, or_create=True, refuse=_used_by_you())


def release(unit: Unit, codes: Sequence[str], user_id: str) -> None:
    """Give coupons of an order back that nobody paid."""
    for code in codes:
        unit.change(Coupon.at(code=code), Coupon.uses.add(-1))
        unit.change(CouponUse.at(code=code, user_id=user_id), CouponUse.uses.add(-1))


def count_late(unit: Unit, code: str, user_id: str) -> None:
    """Count the use of a coupon by an order that is paid after it was given up."""
    unit.change(Coupon.at(code=code), Coupon.uses.add(1))
    unit.change(CouponUse.at(code=code, user_id=user_id), CouponUse.uses.add(1), or_create=True)


def _used_up() -> RuleViolation:
    return _refusal("COUPON_USED_UP", "This coupon was used as often as it may be.")


def _used_by_you() -> RuleViolation:
    return _refusal("COUPON_USED_BY_YOU", "You used this coupon as often as you may.")


def _refusal(rule: str, message: str) -> RuleViolation:
    return rule_violation(rule, message, field="couponCodes")
