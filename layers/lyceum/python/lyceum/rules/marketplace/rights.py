"""What buyers of offers may use: a material's file, a bank's questions in their own exams, and keys never."""

from collections.abc import Iterable

from lyceum.kit import clock
from lyceum.kit.table import batch_fetch, find
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.offers import BANK, BankContents

_MOST_BANKS = 100


def holds(user_id: str, product: str) -> bool:
    """Say whether somebody has a right to a product at this moment (1 request)."""
    return is_good(Entitlement.fetch(user_id=user_id, product=product))


def is_good(right: object) -> bool:
    """Say whether what was read is a right that has not ended."""
    return isinstance(right, Entitlement) and (right.ends_at is None or right.ends_at > clock.now())


def bought_questions(user_id: str, wanted: Iterable[str]) -> set[str]:
    """Return which of some questions are of banks that somebody has bought (2 requests, none for no questions)."""
    names = set(wanted)
    if not names:
        return set()
    rights = find(
        Entitlement, user_id=user_id, from_sort=BANK, to_sort=f"{BANK}~", limit=_MOST_BANKS, consistent=True
    ).items
    banks = [str(right.product).removeprefix(BANK) for right in rights if is_good(right)]
    found = batch_fetch([BankContents.at(offer_id=offer_id) for offer_id in banks]) if banks else []
    held = {str(name) for each in found if isinstance(each, BankContents) for name in each.question_ids}
    return names & held
