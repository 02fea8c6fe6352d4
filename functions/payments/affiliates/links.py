"""Referral links: made by everybody, followed by buyers; the last one within thirty days counts."""

from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_partition
from lyceum.kit.values.money import Money
from lyceum.messages import appearance
from lyceum.model.payments.affiliates import AffiliateCode, AffiliateFigures, AffiliateLink
from lyceum.model.payments.orders import Customer
from lyceum.model.payouts import PayoutAccount
from lyceum.rules.payouts import accounts

from functions.payments.affiliates.commissions import LAST_CLICK
from functions.payments.affiliates.schemas import AffiliateStats, CreateLink, EarningsView, LinkView

_CODE_LENGTH = 8


def create(caller: Principal, wanted: CreateLink) -> LinkView:
    """Make a link with a code of its own."""
    code = ids.new_code(_CODE_LENGTH)
    link = AffiliateLink(user_id=caller.user_id, code=code, label=wanted.label, path=wanted.path)
    Unit().create(link).create(AffiliateCode(code=code, user_id=caller.user_id)).commit()
    return _view(link)


def stats(user_id: str) -> AffiliateStats:
    """Show an affiliate's links and earnings, and where they are paid (2 requests)."""
    found = fetch_partition(AffiliateLink, user_id=user_id)
    paid_at = fetch_partition(PayoutAccount, user_id=user_id)
    figures = [each for each in found if isinstance(each, AffiliateFigures)]
    return AffiliateStats(
        user_id=user_id,
        referrals=sum(int(each.referrals) for each in figures),
        links=[_view(each) for each in found if isinstance(each, AffiliateLink)],
        earnings=[_earnings(each) for each in figures],
        accounts=[accounts.view(each) for each in paid_at if isinstance(each, PayoutAccount)],
    )


def referrer(user_id: str, code: str | None, named: AffiliateCode | None, customer: Customer | None) -> str | None:
    """Return who led a buyer here: by the code of this order, or by the last one within thirty days.

    Raises RuleViolation REFERRAL_UNKNOWN and SELF_REFERRAL.
    """
    if code is not None:
        if named is None:
            raise rule_violation("REFERRAL_UNKNOWN", "There is no such referral code.", field="referralCode")
        if named.user_id == user_id:
            raise rule_violation("SELF_REFERRAL", "Nobody refers themselves.", field="referralCode")
        return str(named.user_id)
    last: dict[str, Any] | None = customer.referral if customer else None
    if last and clock.now() - clock.parse(last["at"]) <= LAST_CLICK:
        return str(last["affiliateId"])
    return None


def remember(unit: Unit, customer: Customer | None, user_id: str, affiliate_id: str) -> None:
    """Add to a unit that somebody came by an affiliate's link, now."""
    kept = customer or Customer(user_id=user_id)
    kept.referral = {"affiliateId": affiliate_id, "at": clock.iso(clock.now())}
    unit.save(kept)


def _view(link: AffiliateLink) -> LinkView:
    home = appearance.current().client
    path = link.path or "/"
    url = f"{home}{path}?ref={link.code}" if home else None
    return LinkView(code=link.code, label=link.label, url=url, created_at=link.created_at)


def _earnings(figures: AffiliateFigures) -> EarningsView:
    def money(amount: float) -> Money:
        return Money(amount=int(amount), currency=figures.currency)

    return EarningsView(
        referrals=int(figures.referrals),
        earned=money(figures.earned),
        cancelled=money(figures.cancelled),
        pending=money(figures.earned - figures.cancelled - figures.vested),
        payable=money(figures.vested - figures.paid_out),
        paid_out=money(figures.paid_out),
    )
