"""Carts, orders, favourites and activities over HTTP."""

from typing import Annotated

from lyceum.kit.http import OPTIONAL, SELF, USER, Api, Caller, Listing, MaybeCaller, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.model.store.orders import StoreOrder
from lyceum.rules.sessions import recheck

from functions.store.activities import activities
from functions.store.activities.schemas import (
    ActivityView,
    LogClick,
    LogSearch,
    LogSession,
    LogView,
    Recorded,
    TimelineQuery,
)
from functions.store.carts import cart, favourites
from functions.store.carts.schemas import (
    AddFavourite,
    CartView,
    ChangedFavourites,
    ChangeFavourites,
    FavouriteView,
    ItemQuery,
    SetItem,
)
from functions.store.orders import checkout, moving, views
from functions.store.orders.schemas import OrderQuery, OrderView, PlaceOrder, SetOrderStatus

api = Api("store", recheck=recheck)
handler = api.handler
_ACTIVITY = "1200/hour by 1 in 20"


@api.get("/api/cart", access=USER)
def show_cart(caller: Caller) -> CartView:
    """Show one's own cart as it is priced now, with what changed since each line was set."""
    return cart.show(caller)


@api.put("/api/cart/items/{productId}", access=USER, limit="600/hour", refuses=(422,))
def set_cart_item(caller: Caller, product_id: str, body: SetItem) -> CartView:
    """Set how many of a product stand in one's cart."""
    return cart.put(caller, product_id, body)


@api.delete("/api/cart/items/{productId}", access=USER)
def remove_cart_item(caller: Caller, product_id: str, query: Annotated[ItemQuery, Query()]) -> CartView:
    """Take a product, or one variant of it, out of one's cart."""
    return cart.take_out(caller, product_id, query.sku)


@api.delete("/api/cart", access=USER)
def delete_cart(caller: Caller) -> Removed:
    """Empty one's cart."""
    cart.empty(caller)
    return Removed(id=caller.user_id)


@api.post("/api/orders", access=USER, status=201, limit="30/hour", idempotent=True, refuses=(409, 422))
def create_order(caller: Caller, body: PlaceOrder) -> OrderView:
    """Order everything in one's cart: prices are fixed, stock is kept for half an hour, coupons are used."""
    return views.order(checkout.place(caller, body))


@api.get("/api/orders/{orderId}", access=USER, owner_of=StoreOrder)
def show_order(caller: Caller, order_id: str) -> OrderView:
    """Show an order of one's own; staff see any, and why one is held."""
    return views.order(moving.show(caller, order_id), is_staff=caller.may(Permission.MANAGE_STORE))


@api.get("/api/orders/user/{userId}", access=SELF)
def list_orders(user_id: str, query: Annotated[OrderQuery, Query()]) -> Page[OrderView]:
    """List the orders of a user, the newest first."""
    return query.page(moving.listed(user_id, query), views.order)


@api.put("/api/orders/{orderId}/status", access=may(Permission.MANAGE_STORE), limit="600/hour", refuses=(422,))
def set_order_status(caller: Caller, order_id: str, body: SetOrderStatus) -> OrderView:
    """Set the state of an order, as far as its present one admits."""
    return views.order(moving.move(caller, order_id, body), is_staff=True)


@api.delete("/api/orders/{orderId}", access=USER, owner_of=StoreOrder)
def cancel_order(caller: Caller, order_id: str) -> OrderView:
    """Cancel one's own order: its stock is free again, and what was paid goes back."""
    return views.order(moving.cancel(caller, order_id))


@api.post("/api/favorites", access=USER, status=201, limit="300/hour", refuses=(409,))
def add_favorite(caller: Caller, body: AddFavourite) -> FavouriteView:
    """Mark a product to find it again."""
    return favourites.add(caller, body.product_id)


@api.delete("/api/favorites/{favoriteId}", access=USER)
def remove_favorite(caller: Caller, favorite_id: str) -> Removed:
    """Take the mark off a product."""
    favourites.remove(caller, favorite_id)
    return Removed(id=favorite_id)


@api.get("/api/favorites/user/{userId}", access=SELF)
def list_favorites(user_id: str, query: Annotated[Listing, Query()]) -> Page[FavouriteView]:
    """List the favourites of a user, with their products as they are now."""
    return favourites.listed(user_id, query)


@api.post("/api/favorites/bulk", access=USER, limit="60/hour")
def change_favorites(caller: Caller, body: ChangeFavourites) -> ChangedFavourites:
    """Mark many products, and take the mark off others."""
    return favourites.change(caller, body)


@api.post("/api/activities/view", access=OPTIONAL, limit=_ACTIVITY)
def log_view(caller: MaybeCaller, body: LogView) -> Recorded:
    """Log that a product was looked at, with consent to analytics alone."""
    return activities.record(caller, "view", body.model_dump(exclude_none=True))


@api.post("/api/activities/click", access=OPTIONAL, limit=_ACTIVITY)
def log_click(caller: MaybeCaller, body: LogClick) -> Recorded:
    """Log that something was clicked on, or a result of a search opened, with consent to analytics alone."""
    return activities.click(caller, body)


@api.post("/api/activities/search", access=OPTIONAL, limit=_ACTIVITY)
def log_search(caller: MaybeCaller, body: LogSearch) -> Recorded:
    """Log what was looked for, with consent to analytics alone."""
    return activities.record(caller, "search", body.model_dump(exclude_none=True))


@api.post("/api/activities/session", access=OPTIONAL, limit=_ACTIVITY)
def log_session(caller: MaybeCaller, body: LogSession) -> Recorded:
    """Log that a visit begins, goes on or ends, with consent to analytics alone."""
    return activities.follow_session(caller, body)


@api.get("/api/activities/user/{userId}/timeline", access=SELF)
def list_activities(user_id: str, query: Annotated[TimelineQuery, Query()]) -> Page[ActivityView]:
    """List what a user did in the store, the latest first."""
    return query.page(activities.timeline(user_id, query), ActivityView.model_validate)
