"""What tests of the ledger share."""

from lyceum.kit.table import Unit
from lyceum.rules.ledger.booking import BookedAlready, Leg, book


def post(subject: str, cause: str, *legs: Leg) -> bool:
    """Book an entry; says whether it was new."""
    unit = Unit()
    book(unit, subject, cause, legs)
    try:
        unit.commit()
    except BookedAlready:
        return False
    return True
