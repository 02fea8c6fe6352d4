"""What callers send and get of products, categories and reviews."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, named
from lyceum.kit.values.money import Currency, Money
from lyceum.kit.values.text import Line, RichText, Tag

Minor = Annotated[int, Field(ge=0, le=10**12)]
"""An amount in minor units."""
Sku = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$", to_upper=True)]
"""A variant's code within its product, in capitals however it is typed."""
Stars = Annotated[int, Field(ge=1, le=5)]
SortKeys = Annotated[str, StringConstraints(max_length=80, pattern=r"^-?[a-zA-Z]+(,-?[a-zA-Z]+)*$")]
MOST_VARIANTS = 20


def _once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


class SetVariant(Request):
    """A variant of a product.

    - `sku`: its code within the product.
    - `price`: minor units of the product's currency, tax included.
    - `cost`: what one costs the store.
    - `stock`: units that the store has, those reserved for open orders included.
    - `options`: such as `{"size": "M"}`.
    """

    sku: Sku
    title: Line
    options: Annotated[dict[Tag, Tag], Field(max_length=10)] = {}
    price: Annotated[int, Field(ge=1, le=10**12)]
    cost: Minor | None = None
    stock: Annotated[int, Field(ge=0, le=10**7)]


class SetProduct(Request):
    """A product as it is to be.

    - `variants`: 1 to 20; one that is left out is not sold any more.
    - `taxPercent`, `taxName`: how much of each price is tax, with two places at most.
    - `isDelivered`: whether it is sent to an address.
    - `leadDays`: how long new stock takes to come.
    """

    title: Line
    description: RichText = ""
    category_id: Id
    tags: Annotated[list[Tag], Field(max_length=20), AfterValidator(_once)] = []
    currency: Currency
    tax_percent: Annotated[Decimal, Field(gt=0, lt=100, decimal_places=2)] | None = None
    tax_name: Line | None = None
    is_delivered: bool = True
    lead_days: Annotated[int, Field(ge=0, le=365)] = 7
    variants: Annotated[list[SetVariant], Field(min_length=1, max_length=MOST_VARIANTS)]

    @model_validator(mode="after")
    def _names_each_variant_once(self) -> Self:
        if len({each.sku for each in self.variants}) < len(self.variants):
            raise ValueError("name each variant once")
        return self


class ChangeProduct(SetProduct):
    """A product as it is to be from now on; orders keep their prices.

    - `pictures`: the ids of its pictures in the order in which they are shown; those left out are shown no more.
      Without it they stay.
    """

    pictures: Annotated[list[Id], Field(max_length=20)] | None = None


class PictureFile(Schema):
    """A file of a picture or video, whose address holds for an hour or two."""

    name: str
    content_type: str | None = None
    width: int | None = None
    height: int | None = None
    url: str


class PictureView(Schema):
    """A picture or video of a product, in its sizes."""

    upload_id: str
    type: Literal["image", "video"]
    files: list[PictureFile]


class VariantView(Schema):
    """A variant: its price, tax included, and whether there is any left.

    - `stock`, `reserved`, `sold`, `cost`: for staff alone.
    """

    sku: str
    title: str
    options: dict[str, str] = {}
    price: Money
    is_available: bool
    stock: int | None = None
    reserved: int | None = None
    sold: int | None = None
    cost: Money | None = None


class ProductCard(Schema):
    """A product as lists show it; `rating` is the mean of its stars."""

    product_id: str
    title: str
    category_id: str
    tags: list[str] = []
    price_from: Money
    price_to: Money
    rating: float | None = None
    rating_count: int = 0
    picture: PictureFile | None = None
    created_at: Timestamp


class ProductView(ProductCard):
    """A product with its variants."""

    description: str = ""
    tax_name: str | None = None
    tax_percent: Decimal | None = None
    is_delivered: bool = True
    lead_days: int = 7
    variants: list[VariantView]
    pictures: list[PictureView] = []
    version: int


class ProductQuery(Listing):
    """Which products to list.

    - `minPrice`, `maxPrice`: minor units; a product counts by its cheapest variant.
    - `currency`: only those sold in it (ISO 4217).
    - `categoryId`: those in this category and all below it.
    - `minRating`: mean stars at least.
    - `tag`: those with this tag.
    - `sort`: keys of order separated by commas, `-` before one that falls: price, rating, sales, createdAt.
    """

    min_price: Annotated[Minor | None, Field(description="Lowest price, minor units.")] = None
    max_price: Annotated[Minor | None, Field(description="Highest price, minor units.")] = None
    currency: Annotated[Currency | None, Field(description="Only products sold in it (ISO 4217).")] = None
    category_id: Annotated[Id | None, Field(description="Only products in this category and below it.")] = None
    min_rating: Annotated[float | None, Field(ge=1, le=5, description="Mean stars at least.")] = None
    tag: Annotated[Tag | None, Field(description="Only products with this tag.")] = None
    sort: Annotated[SortKeys, Field(description="price, rating, sales or createdAt; `-` before one that falls.")] = (
        "-createdAt"
    )


class ProductSearch(ProductQuery):
    """What is looked for among products.

    - `q`: words, in any spelling; also `search` or `query`.
    - `sort`: by relevance when there is none.
    """

    q: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")] = named(
        "q", "search", "query"
    )
    sort: Annotated[SortKeys | None, Field(description="As in the list; by relevance without it.")] = None  # type: ignore[assignment]


class SetCategory(Request):
    """A category as it is to be.

    - `parentId`: the category that it stands in; none at the top.
    - `rank`: where it stands among its siblings.
    """

    title: Line
    parent_id: Id | None = None
    rank: Annotated[int, Field(ge=0, le=10_000)] = 0


class CategoryView(Schema):
    """A category; `productCount` counts the products right in it."""

    category_id: str
    parent_id: str | None = None
    title: str
    rank: int = 0
    product_count: int = 0


class CategoryNode(CategoryView):
    """A category with those in it."""

    children: list["CategoryNode"] = []


class CategoryTreeView(Schema):
    """All categories as a tree, siblings in their order."""

    categories: list[CategoryNode]


class WriteReview(Request):
    """What a buyer says of a product; who reviews again changes the review that there is.

    - `text`: plain text.
    """

    stars: Stars
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)] | None = None


class ReviewView(Schema):
    """A review by somebody who bought the product; it names nobody."""

    review_id: str
    stars: int
    text: str | None = None
    state: Literal["shown", "hidden"] = "shown"
    written_at: Timestamp


class ModerateReview(Request):
    """Whether a review is shown, and why not."""

    state: Literal["shown", "hidden"]
    reason: Line | None = None
