"""Offers: what sellers sell, what buyers say of it, and which questions a bank holds."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

BANK = "BANK#"
"""How products begin that are banks of questions, as entitlements name them: `BANK#{offer_id}`."""


LISTED = "listed"


class Offer(Entity, discriminator="offer"):
    """A course, a bank of questions or a material that a seller offers.

    Everybody may read one that is listed; its seller and moderators read the others. It names its seller by id alone
    and is withdrawn when the seller's account is erased. A listed one is found by search; nothing of it is in sync.

    - `type`: course, question_bank or material.
    - `subject_id`: the course or the content item; None of a bank.
    - `state`: pending (waits for a moderator), listed, rejected with a `reason`, or withdrawn.
    - `shelf`: the list that it stands in: `listed`, `pending`, or none.
    - `price`: minor units of `currency`, all of it.
    - `revision`: rises with each edit of its seller, so that what is listed is what was looked at.
    - `sales`, `rating_sum`, `rating_count`: what was sold and is not taken back, and the stars of all its reviews.
    """

    keys = Keys(
        "MARKETOFFER#{offer_id}",
        "OFFER",
        gsi1=Index("MARKETSHELF#{shelf}", "{listed_at}#{offer_id}"),
        gsi2=Index("MARKETOFFERSOF#{seller_id}", "{offer_id}"),
    )
    noun = "offer"

    offer_id = UnicodeAttribute()
    seller_id = UnicodeAttribute()
    type = UnicodeAttribute()
    subject_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute()
    description = UnicodeAttribute()
    price = NumberAttribute()
    currency = UnicodeAttribute()
    state = UnicodeAttribute(default="pending")
    shelf = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=1)
    question_count = NumberAttribute(default=0)
    listed_at = Moment()
    decided_by = UnicodeAttribute(null=True)
    sales = NumberAttribute(default=0)
    rating_sum = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)

    @property
    def product(self) -> str:
        """What it gives a right to, as entitlements name it."""
        kinds = {"course": f"COURSE#{self.subject_id}", "material": f"CONTENT#{self.subject_id}"}
        return kinds.get(str(self.type), f"{BANK}{self.offer_id}")

    def fill_keys(self) -> None:
        """Write the keys; the list follows from the state."""
        self.shelf = self.state if self.state in {"listed", "pending"} else None
        super().fill_keys()


class BankContents(Entity, discriminator="bank_contents"):
    """Which questions a bank holds; its seller, moderators and its buyers see them, and keys the seller alone.

    Questions are added, and none is taken out once the bank was listed: who bought it has them.
    """

    keys = Keys("MARKETBANK#{offer_id}", "CONTENTS")
    noun = "bank"

    offer_id = UnicodeAttribute()
    seller_id = UnicodeAttribute()
    question_ids: Any = JSONAttribute(default=list)


class OfferSubject(Entity, discriminator="offer_subject"):
    """The one offer of a course or of a content item; a second one is refused."""

    keys = Keys("MARKETSUBJECT#{subject_id}", "OFFER")
    noun = "offer"

    subject_id = UnicodeAttribute()
    offer_id = UnicodeAttribute()


class OfferReview(Entity, discriminator="offer_review"):
    """What a buyer says of an offer: stars from 1 to 5, and maybe a text.

    Everybody reads it, without a name; it is there once for each buyer. Erasure takes the text and leaves the stars.

    - `state`: shown or hidden by who moderates; hidden ones do not count in the mean.
    """

    keys = Keys(
        "MARKETREVIEW#{offer_id}",
        "{user_id}",
        gsi1=Index("MARKETREVIEWS#{offer_id}", "{written_at}#{user_id}", when={"state": "shown"}),
    )
    noun = "review"

    offer_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    review_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute(default="shown")
    stars = NumberAttribute()
    text = UnicodeAttribute(null=True)
    written_at = Moment()
