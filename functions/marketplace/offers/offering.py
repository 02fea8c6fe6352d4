"""Offering something, changing it, and taking it off the market."""

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Forbidden, NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit, batch_fetch, fetch_many
from lyceum.model.marketplace.offers import BankContents, Offer, OfferSubject
from lyceum.model.marketplace.sellers import Seller
from lyceum.model.users.account import User
from lyceum.rules import audits

from functions.marketplace.offers import subjects
from functions.marketplace.offers.schemas import ChangeOffer, MakeOffer, Price

_MOST_QUESTIONS = 500


def make(caller: Principal, wanted: MakeOffer) -> Offer:
    """Offer something; it waits for a moderator (2 requests, 3 of a bank).

    Raises NotFound, RuleViolation as `subjects` says, and Conflict OFFERED_ALREADY.
    """
    user, seller, *rest = batch_fetch(
        [
            User.at(user_id=caller.user_id),
            Seller.at(user_id=caller.user_id),
            *subjects.named(wanted.type, wanted.subject_id),
        ]
    )
    subjects.require_own(caller, wanted.type, rest[0] if rest else None, wanted.price)
    subjects.require_questions(caller, wanted.question_ids or [])
    offer = Offer(
        offer_id=ids.new_id(),
        seller_id=caller.user_id,
        type=wanted.type,
        subject_id=wanted.subject_id,
        title=wanted.title,
        description=wanted.description,
        price=wanted.price.amount,
        currency=wanted.price.currency,
        question_count=len(wanted.question_ids or []),
        listed_at=clock.now(),
    )
    unit = Unit().create(offer)
    if wanted.question_ids is not None:
        unit.create(
            BankContents(offer_id=offer.offer_id, seller_id=caller.user_id, question_ids=list(wanted.question_ids))
        )
    else:
        guard = OfferSubject(subject_id=wanted.subject_id, offer_id=offer.offer_id)
        unit.create(guard, refuse=Conflict("This is offered already.", code="OFFERED_ALREADY"))
    if seller is None and isinstance(user, User):
        unit.put(Seller(user_id=caller.user_id, name=f"{user.first_name} {user.last_name}".strip()))
    unit.commit()
    return offer


def change(caller: Principal, offer_id: str, wanted: ChangeOffer) -> Offer:
    """Change one's own offer; a moderator may withdraw another's (2 requests, up to 4 of a bank or a course).

    Raises NotFound, Forbidden, RuleViolation PRICE_DIFFERS and BANK_TOO_LARGE, and Conflict EDIT_CONFLICT.
    """
    offer, contents = fetch_many(Offer.at(offer_id=offer_id), BankContents.at(offer_id=offer_id), consistent=True)
    offer = require_seller(caller, offer)
    is_own = offer.seller_id == caller.user_id
    if (not is_own and wanted.model_fields_set != {"state"}) or (not is_own and wanted.state != "withdrawn"):
        raise Forbidden("Moderators withdraw the offers of others, and change nothing of them.")
    before = int(offer.revision)
    unit = Unit()
    _change_price(caller, offer, wanted.price)
    _add_questions(caller, unit, offer, contents, wanted.add_question_ids)
    offer.title, offer.description = wanted.title or offer.title, wanted.description or offer.description
    is_rewritten = bool(wanted.model_fields_set & {"title", "description", "add_question_ids"})
    if wanted.state == "withdrawn":
        offer.state = "withdrawn"
    elif wanted.state == "pending" or (is_rewritten and offer.state in {"listed", "rejected"}):
        offer.state, offer.reason, offer.listed_at = "pending", None, clock.now()
    offer.revision = before + 1
    changed = Conflict("This offer was changed meanwhile.", code="EDIT_CONFLICT")
    names = ("title", "description", "price", "state", "shelf", "reason", "revision", "question_count", "listed_at")
    unit.amend(offer, *names, when=Offer.revision == before, refuse=changed)
    after = {"state": offer.state, "revision": before + 1}
    audits.note(unit, caller.user_id, offer.seller_id, "offer.withdraw", offer_id, after=after)
    unit.commit()
    return offer


def require_seller(caller: Principal, offer: Offer | None) -> Offer:
    """Return an offer of the caller's, or any for a moderator; raises NotFound, and Forbidden for a listed one."""
    seller_id = offer.seller_id if offer else None
    hidden = offer is None or offer.state != "listed"
    require_owner(caller, seller_id, "offer", Permission.MODERATE, hidden=hidden)
    return existing(offer)


def existing(offer: Offer | None) -> Offer:
    """Return an offer that was read; raises NotFound."""
    if offer is None:
        raise NotFound("There is no such offer.")
    return offer


def _change_price(caller: Principal, offer: Offer, price: Price | None) -> None:
    if price is None:
        return
    if offer.type == "course":
        found = batch_fetch(subjects.named("course", offer.subject_id))
        subjects.require_own(caller, "course", found[0], price)
    if price.currency != offer.currency:
        raise rule_violation("CURRENCY_STAYS", "An offer stays in its currency.", field="price")
    offer.price = price.amount


def _add_questions(
    caller: Principal, unit: Unit, offer: Offer, contents: BankContents | None, added: list[str] | None
) -> None:
    if added is None:
        return
    if contents is None:
        raise rule_violation("NO_BANK", "Only a bank holds questions.", field="addQuestionIds")
    subjects.require_questions(caller, added)
    kept = [*contents.question_ids, *(name for name in added if name not in contents.question_ids)]
    if len(kept) > _MOST_QUESTIONS:
        raise rule_violation("BANK_TOO_LARGE", f"A bank holds {_MOST_QUESTIONS} questions.", field="addQuestionIds")
    contents.question_ids, offer.question_count = kept, len(kept)
    unit.replace(contents)
