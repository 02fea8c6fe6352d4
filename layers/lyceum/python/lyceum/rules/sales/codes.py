"""Codes of coupons as callers send them."""

from typing import Annotated

from pydantic import StringConstraints

CouponCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$", to_upper=True)]
"""A coupon's code, in capitals however it is typed."""
