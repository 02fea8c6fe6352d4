"""What callers send and get of carts and favourites."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.money import Money

from functions.store.catalogue.schemas import ProductCard, Sku

Quantity = Annotated[int, Field(ge=1, le=1000)]
MOST_LINES = 40


class SetItem(Request):
    """How many of a variant stand in the cart.

    - `sku`: the variant; it may be left out where the product has one.
    """

    sku: Sku | None = None
    quantity: Quantity


class ItemQuery(Request):
    """Which line of the cart.

    - `sku`: the variant; all of the product without it.
    """

    sku: Annotated[Sku | None, Field(description="The variant; all of the product without it.")] = None


class CartLine(Schema):
    """A line of the cart, priced now.

    - `changes`: what is otherwise than when the line was set: its price (`shownPrice` was that one), or that there is
      not so much of it (`available` is what is left), or that it is not sold any more.
    """

    product_id: str
    sku: str
    title: str
    quantity: int
    price: Money
    total: Money
    shown_price: Money | None = None
    available: int | None = None
    is_delivered: bool = True
    changes: list[Literal["PRICE_CHANGED", "LESS_AVAILABLE", "NOT_OFFERED"]] = []


class CartView(Schema):
    """A cart, priced now; `canBeOrdered` says that every line can be had as it stands, in one currency."""

    lines: list[CartLine]
    total: Money | None = None
    needs_address: bool = False
    can_be_ordered: bool = False


class AddFavourite(Request):
    """A product to find again."""

    product_id: Id


class ChangeFavourites(Request):
    """Products to find again, and those that are not to be any more; 50 in all."""

    add: Annotated[list[Id], Field(max_length=50)] = []
    remove: Annotated[list[Id], Field(max_length=50)] = []


class FavouriteView(Schema):
    """A favourite; `product` as it is now, and none when it is not for sale any more."""

    favorite_id: str
    product_id: str
    product: ProductCard | None = None
    added_at: Timestamp


class ChangedFavourites(Schema):
    """What became of many favourites; `unknown` are products that are not for sale."""

    added: list[str]
    removed: list[str]
    unknown: list[str] = []
