"""What callers of models send and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

from functions.insights.schemas import Figures


class ModelCard(Schema):
    """What a model is: learnt of what, told by what, how good, and what it can not say."""

    data: str
    features: list[str]
    quality: dict[str, object] = {}
    limits: str


class Modelled(Figures):
    """What every answer of a model says of it; without a model there were too few users to learn one of."""

    is_trained: bool
    trained_at: Timestamp | None = None
    sample: Annotated[int, Field(description="Of how many users it was learnt.")] = 0
    card: ModelCard | None = None


class BasketRule(Schema):
    """Whoever has the first also has the other."""

    first: str
    then: str
    count: int
    support: Annotated[float, Field(description="Share of all buyers who have both.")]
    confidence: Annotated[float, Field(description="Share of those with the first who have the other.")]
    lift: Annotated[float, Field(description="How many times more often than by chance.")]


class BasketQuery(Request):
    """Which pairs.

    - `of`: `products` of one buyer, or `courses` of one student.
    - `leastConfidence`: pairs of which so large a share of those with the first has the other.
    - `number`: so many pairs, those with the greatest lift.
    """

    of: Literal["products", "courses"] = "products"
    least_confidence: Annotated[float, Field(ge=0, le=1)] = 0
    number: Annotated[int, Field(ge=1, le=200)] = 50


class Basket(Modelled):
    """What is bought or studied together."""

    of: str
    baskets: int = 0
    rules: list[BasketRule] = []


class ValueSegment(Schema):
    """Some of the buyers, ranked by what is expected of them."""

    name: str
    buyers: int
    purchases: Annotated[float, Field(description="Expected of all of them within a year.")]
    alive: Annotated[float, Field(description="Mean chance that they have not left.")]


class CurrencyValue(Schema):
    """What buyers spend at a time in one currency, in minor units."""

    currency: str
    repeaters: int
    purchase: Annotated[int, Field(description="Mean amount that is expected of a purchase.")]
    lifetime: Annotated[int, Field(description="Expected of a buyer within a year, by the mean of all buyers.")]


class Lifetime(Modelled):
    """Customer lifetime value: how often buyers will yet buy, and for how much."""

    buyers: int = 0
    repeaters: int = 0
    alive: Annotated[float | None, Field(description="Mean chance that a buyer has not left.")] = None
    expected: Annotated[dict[str, float], Field(description="Purchases of all buyers within so many weeks.")] = {}
    parameters: Annotated[dict[str, float], Field(description="Of BG/NBD: r, alpha, a, b.")] = {}
    segments: list[ValueSegment] = []
    currencies: list[CurrencyValue] = []


class RiskClass(Schema):
    """Users who were last there so long ago and so often, and the share of such users who stayed away."""

    last_there: str
    how_often: str
    users: int | None = None
    risk: float
    level: Literal["low", "middle", "high"]
    is_hidden: bool = False


class Churn(Modelled):
    """Who will not come back within thirty days."""

    users: Annotated[int, Field(description="Who were there in the last thirty days.")] = 0
    gone: Annotated[int, Field(description="Who were not.")] = 0
    expected_losses: float = 0
    classes: list[RiskClass] = []


class TrainingQuery(Listing):
    """Which rows.

    - `rows`: `interactions` (what each user has), `behaviour` (figures of each user) or `requests` (of each route).
    """

    rows: Literal["interactions", "behaviour", "requests"] = "interactions"


class TrainingRow(Schema):
    """A row to learn from: a user under a name that leads to nobody, or a route on a day."""

    subject: str
    items: Annotated[dict[str, int], Field(description="1 for each item that the user has.")] = {}
    features: dict[str, float] = {}


class SuggestedItem(Schema):
    """A product or course that is suggested, and because of which."""

    id: str
    kind: Literal["product", "course"]
    title: str | None = None
    score: Annotated[float, Field(description="Summed likeness to what the user has; 0 for what many have.")]
    because_of: str | None = None


class Suggestions(Modelled):
    """What is suggested to a user."""

    items: list[SuggestedItem] = []


class Behaviour(Modelled):
    """A user's figures, the kind that they belong to, and the risk that they will not come back."""

    user_id: str
    features: dict[str, float] = {}
    kind: Annotated[int | None, Field(description="The number of the kind; without a model there is none.")] = None
    kind_words: str | None = None
    risk: float | None = None
    expected_purchases: Annotated[float | None, Field(description="Within a year.")] = None
    alive: float | None = None


class PredictionQuery(Request):
    """As whom the caller asks.

    - `courseId`: a course that the caller teaches and the learner is in; those who manage users need none.
    """

    course_id: Id | None = None


class PredictionSign(Schema):
    """What speaks for or against passing, with the figures that it is read from."""

    name: Literal["marks", "active_days", "remembered"]
    speaks: Literal["for", "against"]
    words: str


class Prediction(Figures):
    """How likely a learner passes the next exam, how sure that is, and what speaks for and against."""

    user_id: str
    exams: int
    passed: int
    chance: float
    low: Annotated[float, Field(description="Lower bound; the truth lies within both in four of five cases.")]
    high: float
    level: Annotated[str, Field(description="`likely`, `open`, `unlikely`, or `unknown` for too few exams.")]
    signs: list[PredictionSign]
