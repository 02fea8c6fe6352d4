"""What a session costs, how it is paid, and where the money goes in the end: every step is an entry of the ledger.

A booking sets the price aside (`held`), from the student's credit or from hours that were bought. Once the session is
over, what does not go back belongs to the mentor (`seller`), less what the platform keeps (`revenue`). So what is held
of a session is all of its price while it is open, and nothing afterwards.
"""

from collections.abc import Iterable

from lyceum.kit.configuration import limits
from lyceum.kit.errors import NotFound, RuleViolation, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit
from lyceum.model.tutoring import HoursPackage, TutoringSession
from lyceum.rules.ledger.booking import Leg, book, credit, debit
from lyceum.rules.ledger.rounding import percentage, portion

WHOLE = 100


@frozen
class Price:
    """What a session costs, and the package that pays for it, if one does."""

    amount: int
    currency: str
    package: HoursPackage | None = None


def too_little() -> RuleViolation:
    """Return the refusal of somebody whose credit is too low."""
    return rule_violation("CREDIT_TOO_LOW", "There is not enough on your credit for this.")


def from_package(package: HoursPackage | None, mentor_id: str, minutes: int) -> Price:
    """Return what minutes of a package are worth; the last ones are worth all that is left of it.

    Raises NotFound for a package that is not there or of another mentor, RuleViolation HOURS_USED_UP.
    """
    if package is None or package.mentor_id != mentor_id or package.state != "open":
        raise NotFound("There is no such package of hours.")
    left = int(package.minutes_left)
    if left < minutes:
        raise rule_violation("HOURS_USED_UP", "There are not so many minutes left.", field="packageId")
    worth = portion(int(package.amount), minutes, int(package.minutes))
    value = int(package.amount_left) if left == minutes else min(worth, int(package.amount_left))
    return Price(value, package.currency, package)


def pay(unit: Unit, session: TutoringSession, price: Price, minutes: int) -> None:
    """Add to a unit that a session is paid for: its price is held from now on."""
    session.amount, session.currency = price.amount, price.currency
    if price.package is not None:
        package = price.package
        session.paid_by, session.package_id = "package", package.package_id
        package.minutes_left, package.amount_left = (
            int(package.minutes_left) - minutes,
            package.amount_left - price.amount,
        )
        unit.replace(package)
    elif price.amount:
        session.paid_by = "credit"
        legs = [
            debit(f"credit:{session.student_id}", price.amount, price.currency),
            credit("held", price.amount, price.currency),
        ]
        book(unit, session.session_id, "booked", legs, refuse=too_little())


def settle(unit: Unit, session: TutoringSession, percent_back: int) -> None:
    """Add to a unit where a session's price goes: so many per cent back, the rest to the mentor and the platform.

    What goes back of hours that were bought goes to the package while it is open, in minutes and worth, else to the
    credit (1 storage request).
    """
    amount = int(session.amount)
    back = percentage(amount, str(percent_back))
    session.refunded = back
    to_package = session.package_id is not None and _give_hours_back(unit, session, back, percent_back)
    legs = list(_legs(session, 0 if to_package else back, amount - back))
    if legs:
        book(unit, session.session_id, "settled", legs)


def _legs(session: TutoringSession, to_credit: int, earned: int) -> Iterable[Leg]:
    if to_credit + earned <= 0:
        return
    kept = percentage(earned, str(limits.value("tutoring_fee_percent")))
    yield debit("held", to_credit + earned, session.currency)
    for account, amount in (
        (f"credit:{session.student_id}", to_credit),
        (f"seller:{session.mentor_id}", earned - kept),
        ("revenue", kept),
    ):
        if amount:
            yield credit(account, amount, session.currency)


def _give_hours_back(unit: Unit, session: TutoringSession, amount: int, percent_back: int) -> bool:
    package = HoursPackage.fetch(user_id=session.student_id, package_id=session.package_id, consistent=True)
    if package is None or package.state != "open" or not percent_back:
        return False
    minutes = int((session.ends_at - session.starts_at).total_seconds()) // 60
    package.minutes_left = int(package.minutes_left) + minutes * percent_back // WHOLE
    package.amount_left = int(package.amount_left) + amount
    unit.replace(package)
    return True
