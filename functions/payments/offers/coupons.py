"""Coupons: making, listing and ending them; what they take off is told by `lyceum.rules.sales.coupons`."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.payments.coupons import Coupon
from lyceum.rules import audits

from functions.payments.offers.schemas import CouponView, CreateCoupon


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
