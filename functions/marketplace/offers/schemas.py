"""What callers send and get of offers and their reviews."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.money import Currency, Money
from lyceum.kit.values.text import Line, SharedText

OfferType = Literal["course", "question_bank", "material"]
OfferState = Literal["pending", "listed", "rejected", "withdrawn"]
Minor = Annotated[int, Field(ge=1, le=10**12)]
"""An amount in minor units."""
Questions = Annotated[list[Id], Field(min_length=1, max_length=100)]
Text = Annotated[SharedText, Field(min_length=1)]
Stars = Annotated[int, Field(ge=1, le=5)]


class Price(Request):
    """A price: minor units of an ISO 4217 currency, all of it."""

    amount: Minor
    currency: Currency


class MakeOffer(Request):
    """Something to offer, which a moderator looks at first.

    - `subjectId`: the course or the content item; of a bank `questionIds` in its place.
    - `price`: of a course, what the course itself costs.
    """

    type: OfferType
    subject_id: Id | None = None
    question_ids: Questions | None = None
    title: Line
    description: Text
    price: Price

    @model_validator(mode="after")
    def _names_what_it_is(self) -> Self:
        is_bank = self.type == "question_bank"
        if (self.question_ids is not None) != is_bank or (self.subject_id is None) != is_bank:
            raise ValueError("name the questions of a bank, or the subject of anything else")
        return self


class ChangeOffer(Request):
    """What to change of an offer.

    - `title`, `description`, `addQuestionIds`: it is looked at anew before it is sold again.
    - `state`: `withdrawn` takes it off the market, `pending` asks for it to be looked at again.
    """

    title: Line | None = None
    description: Text | None = None
    price: Price | None = None
    add_question_ids: Questions | None = None
    state: Literal["pending", "withdrawn"] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set or any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("say what is to change")
        return self


class DecideOffer(Request):
    """What a moderator decides of the `revision` that they looked at; a refusal has a reason."""

    revision: Annotated[int, Field(ge=1, le=10**9)]
    approved: bool
    reason: Line | None = None

    @model_validator(mode="after")
    def _has_its_reason(self) -> Self:
        if self.approved == (self.reason is not None):
            raise ValueError("a refusal has a reason, and nothing else has one")
        return self


class OfferView(Schema):
    """An offer.

    - `rating`: the mean of all stars, of `reviewCount` reviews.
    - `sales`: what was sold and not taken back whole.
    - `reason`: why it was rejected, told to its seller.
    """

    product_id: str
    seller_id: str
    type: OfferType
    subject_id: str | None = None
    title: str
    description: str
    price: Money
    state: OfferState
    reason: str | None = None
    revision: int
    question_count: int | None = None
    sales: int = 0
    rating: Decimal | None = None
    review_count: int = 0
    listed_at: Timestamp
    created_at: Timestamp


class ReviewView(Schema):
    """What a buyer says of an offer; nobody's name stands with it.

    - `state`: `shown`, or `hidden` by who moderates.
    """

    review_id: str | None = None
    state: Literal["shown", "hidden"] = "shown"
    stars: int
    text: str | None = None
    written_at: Timestamp


class OfferPage(OfferView):
    """An offer with the latest of its reviews."""

    reviews: list[ReviewView]


class BrowseQuery(Listing):
    """Which offers to list, the newest first, or those that words are about, the best first.

    - `search`: words of title and description.
    - `sort`: `price`, `rating`, `sales` or `listedAt`; `-` turns it.
    - `type`: only of this kind.
    - `sellerId`: only of this seller.
    - `currency`: only in this currency.
    - `maxPrice`: at most this much, in minor units of `currency`.
    """

    search: Annotated[str | None, Field(min_length=1, max_length=200, description="Words to look for.")] = None
    sort: Annotated[
        Literal["price", "-price", "rating", "-rating", "sales", "-sales", "listedAt", "-listedAt"] | None,
        Field(description="By what to sort; `-` turns it."),
    ] = None
    type: Annotated[OfferType | None, Field(description="Only offers of this kind.")] = None
    seller_id: Annotated[Id | None, Field(description="Only offers of this seller.")] = None
    currency: Annotated[Currency | None, Field(description="Only prices in this currency (ISO 4217).")] = None
    max_price: Annotated[Minor | None, Field(description="Only up to this price, in minor units of `currency`.")] = None

    @model_validator(mode="after")
    def _has_a_currency(self) -> Self:
        if self.max_price is not None and self.currency is None:
            raise ValueError("a highest price is in a currency")
        return self


class WriteReview(Request):
    """A review to write of something that one has bought: stars from 1 to 5, and maybe a text."""

    product_id: Id
    stars: Stars
    text: Annotated[Line | None, Field(max_length=200)] = None


class ModerateReview(Request):
    """Whether a review is shown, and why not."""

    state: Literal["shown", "hidden"]
    reason: Annotated[Line | None, Field(max_length=200)] = None


class BankQuestion(Schema):
    """A question of a bank: what it asks, never what is right."""

    question_id: str
    type: str
    topic_id: str
    stem: str
    difficulty: str


class BankView(Schema):
    """The questions of a bank, in the order in which they were added."""

    product_id: str
    questions: list[BankQuestion]
    pagination_after: Annotated[str | None, Field(description="The last question shown, when there are more.")] = None


class BankQuery(Request):
    """Which of a bank's questions to show, a hundred at a time.

    - `after`: those behind this one.
    """

    after: Annotated[Id | None, Field(description="Only questions behind this one.")] = None
