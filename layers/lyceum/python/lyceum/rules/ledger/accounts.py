"""The chart of accounts.

An account is written `provider.stripe` or, where each person has one, `credit:{user_id}`. Those of people can run dry:
what stands on them is looked at before something is taken.
"""

from typing import Literal

from lyceum.kit.frozen import frozen

Side = Literal["debit", "credit"]


@frozen
class Account:
    """An account of the chart.

    Attributes:
        side: Where it grows: assets and expenses by debits, debts and income by credits.
        is_personal: Whether each person has one of their own below it, which can run dry.
    """

    side: Side
    is_personal: bool = False


CHART: dict[str, Account] = {
    "provider.paystack": Account("debit"),
    "provider.flutterwave": Account("debit"),
    "provider.stripe": Account("debit"),
    "bank": Account("debit"),
    "vouchers": Account("debit"),
    "fees": Account("debit"),
    "discount": Account("debit"),
    "proration": Account("debit"),
    "refunds": Account("debit"),
    "disputes": Account("debit"),
    "commission": Account("debit"),
    "revenue": Account("credit"),
    "tax": Account("credit"),
    "held": Account("credit"),
    "suspense": Account("credit"),
    "payout": Account("credit"),
    "credit": Account("credit", is_personal=True),
    "commission_pending": Account("credit", is_personal=True),
    "affiliate": Account("credit", is_personal=True),
    "marketplace": Account("credit"),
    "seller": Account("credit", is_personal=True),
    "seller_debt": Account("debit", is_personal=True),
}
"""Every account:

- `provider.*`: money that a provider holds for us. `bank`: what it has paid out to us.
- `vouchers`: PINs that were sold outside and redeemed since.
- `fees`: what providers keep. `discount`, `proration`, `refunds`, `disputes`: what lessens revenue.
- `commission`: what affiliates cost us. `commission_pending`, `affiliate`: owed to one, before and after it vests.
- `revenue`, `tax`: what was sold, and the part of it that is the state's.
- `credit`: owed to a buyer, who can pay with it. `held`: set aside for an order that is not paid yet.
- `suspense`: money that arrived and fits no order. `payout`: paid out, and on its way.
- `marketplace`: our part of what sellers sell. `seller`: owed to a seller. `seller_debt`: owed by one who was paid
  for what went back since.
"""


class UnknownAccount(LookupError):
    """The chart has no such account, or the account is not written as it says."""


def control(account: str) -> str:
    """Return the account of the chart that an account belongs to; raises UnknownAccount."""
    name, separator, person = account.partition(":")
    known = CHART.get(name)
    if known is None or known.is_personal != bool(separator and person):
        raise UnknownAccount(account)
    return name


def is_personal(account: str) -> bool:
    """Say whether an account is one person's; raises UnknownAccount."""
    return CHART[control(account)].is_personal
