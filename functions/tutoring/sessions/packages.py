"""Hours with a mentor that are bought together, and closed again."""

from lyceum.kit import ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, fetch_many, find, retry_on_conflict
from lyceum.model.tutoring import HoursPackage, TutorProfile
from lyceum.model.users.account import User
from lyceum.rules.ledger.booking import book, credit, debit

from functions.tutoring.availability import prices
from functions.tutoring.sessions import money, people
from functions.tutoring.sessions.schemas import BuyHours, PackageView


def buy(caller: Principal, wanted: BuyHours) -> PackageView:
    """Buy hours of a mentor from one's credit (1 storage request and a transaction).

    Raises NotFound for nobody who can be booked, RuleViolation NOT_SOLD for another number of hours than is offered,
    and CREDIT_TOO_LOW.
    """
    user, offer = fetch_many(User.at(user_id=wanted.mentor_id), TutorProfile.at(user_id=wanted.mentor_id))
    offer = people.mentor(user, offer)
    sold = next((each for each in offer.packages if each["hours"] == wanted.hours), None)
    if sold is None or not offer.hourly_amount:
        raise rule_violation("NOT_SOLD", "This mentor does not sell so many hours together.", field="hours")
    amount = prices.of_package(int(offer.hourly_amount), wanted.hours, sold["percent_off"])
    minutes = wanted.hours * 60
    package = HoursPackage(
        user_id=caller.user_id,
        package_id=ids.new_id(),
        mentor_id=wanted.mentor_id,
        minutes=minutes,
        minutes_left=minutes,
        amount=amount,
        amount_left=amount,
        currency=offer.currency,
    )
    unit = Unit().create(package)
    legs = [debit(f"credit:{caller.user_id}", amount, offer.currency), credit("held", amount, offer.currency)]
    book(unit, package.package_id, "bought", legs, refuse=money.too_little())
    unit.commit()
    return view(package)


def own(caller: Principal, query: Listing) -> Slice[HoursPackage]:
    """Return a page of one's packages, the newest first (1 storage request)."""
    return find(HoursPackage, user_id=caller.user_id, limit=query.limit, after=query.start_key(), descending=True)


def close(caller: Principal, package_id: str) -> PackageView:
    """Close a package; what no session has taken goes back to the credit (1 storage request and a transaction).

    Raises NotFound for another's, Conflict PACKAGE_CLOSED.
    """
    return retry_on_conflict(lambda: _close(caller, package_id))


def _close(caller: Principal, package_id: str) -> PackageView:
    package = HoursPackage.fetch(user_id=caller.user_id, package_id=package_id, consistent=True)
    if package is None:
        raise NotFound("There is no such package of hours.")
    if package.state != "open":
        raise Conflict("This package is closed already.", code="PACKAGE_CLOSED")
    left = int(package.amount_left)
    package.state, package.minutes_left, package.amount_left = "closed", 0, 0
    unit = Unit().replace(package)
    if left:
        legs = [debit("held", left, package.currency), credit(f"credit:{caller.user_id}", left, package.currency)]
        book(unit, package_id, "closed", legs)
    unit.commit()
    return view(package)


def view(package: HoursPackage) -> PackageView:
    """Show a package."""
    return PackageView.model_validate(package)
