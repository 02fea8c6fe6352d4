"""Coupons: making and listing them, what each takes off, and counting their use in the order's own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound, RuleViolation, rule_violation
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.rules import audits
from lyceum.rules.ledger.rounding import percentage

from functions.payments.offers.schemas import CouponView, CreateCoupon


@dataclass(frozen=True)
class Wanted:
    """What a coupon is to be used for; `purchases` is how often its user has bought so far."""

    product: str
    plan_id: str | None
    currency: str
    amount: int
    purchases: int


@dataclass(frozen=True)
class Discount:
    """What a coupon takes off, in minor units."""

    coupon: Coupon
    amount: int


def create(caller: Principal, wanted: CreateCoupon) -> Coupon:
    """Make a coupon; raises Conflict COUPON_EXISTS."""
    coupon = Coupon(
        code=wanted.code,
        percent=None if wanted.percent is None else format(wanted.percent, "f"),
        amount=wanted.amount,
        currency=wanted.currency,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        most_uses=wanted.most_uses,
        most_per_person=wanted.most_per_person,
        products=wanted.products,
        first_purchase=wanted.first_purchase,
        stacks=wanted.stacks,
        listed_at=clock.now(),
    )
    unit = Unit().create(coupon, refuse=Conflict("There is such a coupon already.", code="COUPON_EXISTS"))
    after = wanted.model_dump(mode="json", exclude_none=True)
    audits.note(unit, caller.user_id, None, "coupon.create", wanted.code, after=after)
    unit.commit()
    return coupon


def listed(query: Listing) -> Slice[Coupon]:
    """List coupons with their use, the newest first (1 request)."""
    return find(Coupon, index="gsi1", limit=query.limit, after=query.start_key(), descending=True)


def deactivate(caller: Principal, code: str) -> None:
    """Make a coupon good for nothing from now on; orders that used it keep their price. Raises NotFound."""
    missing = NotFound("There is no such coupon.")
    unit = Unit().change(Coupon.at(code=code.upper()), Coupon.is_active.set(False), refuse=missing)
    audits.note(unit, caller.user_id, None, "coupon.deactivate", code.upper())
    unit.commit()


def view(coupon: Coupon) -> CouponView:
    """Show a coupon to staff."""
    return CouponView.model_validate(coupon)


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
        whole = percentage(wanted.amount, coupon.percent) if coupon.percent else int(coupon.amount)
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
    if coupon.products and not {wanted.product, wanted.plan_id} & set(coupon.products):
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
