"""Whether a coupon is good for something, asked before it is bought."""

from lyceum.kit.errors import NotFound, RuleViolation
from lyceum.kit.identity import Principal
from lyceum.kit.values.money import Money

from functions.payments.offers import quotes
from functions.payments.offers.quotes import Ask
from functions.payments.offers.schemas import CouponCheck, ValidateCoupon


def check(caller: Principal, code: str, wanted: ValidateCoupon) -> CouponCheck:
    """Say what a coupon takes off, or by which rule it is no good here (1 request).

    Raises NotFound for a coupon that there is not, and for what is not for sale.
    """
    code = code.upper()
    ask = Ask(
        wanted.currency,
        plan_id=wanted.plan_id,
        course_id=wanted.course_id,
        offer_id=wanted.offer_id,
        seats=wanted.seats,
        country=wanted.country,
        coupon_codes=[code],
    )
    basket = quotes.read(caller.user_id, ask)
    product, title, price = quotes.offer(caller, basket, ask)
    if basket.coupons[0][1] is None or not basket.coupons[0][1].is_active:
        raise NotFound("There is no such coupon.")
    shown = Money(amount=price.amount, currency=price.currency)
    try:
        quoted = quotes.quote(basket, product, title, price, plan_id=wanted.plan_id)
    except RuleViolation as refusal:
        return CouponCheck(
            code=code,
            is_valid=False,
            reason=refusal.details[0].code,
            message=refusal.message,
            price=shown,
            discount=Money(amount=0, currency=price.currency),
            total=shown,
        )
    return CouponCheck(
        code=code,
        is_valid=True,
        price=shown,
        discount=Money(amount=quoted.discount, currency=price.currency),
        total=Money(amount=price.amount - quoted.discount, currency=price.currency),
    )
