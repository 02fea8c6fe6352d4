"""Favourites: products that somebody wants to find again, singly and many at once."""

from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.store.carts import StoreFavourite
from lyceum.model.store.products import ACTIVE, Product
from lyceum.search.goods import of_product

from functions.store.carts.schemas import ChangedFavourites, ChangeFavourites, FavouriteView
from functions.store.catalogue import views


def add(caller: Principal, product_id: str) -> FavouriteView:
    """Mark a product; raises NotFound for one that is not for sale, Conflict when it is marked already."""
    product = Product.fetch(product_id=product_id)
    if product is None or product.state != ACTIVE:
        raise NotFound("There is no such product.")
    favourite = StoreFavourite(user_id=caller.user_id, product_id=product_id)
    Unit().create(favourite, refuse=Conflict("This is a favourite of yours already.")).commit()
    return _view(favourite, product)


def remove(caller: Principal, favourite_id: str) -> None:
    """Take the mark off a product; raises NotFound when there is none."""
    favourite = StoreFavourite.at(user_id=caller.user_id, product_id=favourite_id)
    missing = NotFound("There is no such favourite.")
    Unit().remove(favourite, when=StoreFavourite.pk.exists(), refuse=missing).commit()


def change(caller: Principal, wanted: ChangeFavourites) -> ChangedFavourites:
    """Mark many products and take the mark off others (1 request and a transaction); what is so already stays so."""
    removed = list(dict.fromkeys(wanted.remove))
    named = [each for each in dict.fromkeys(wanted.add) if each not in removed]
    found = batch_fetch([Product.at(product_id=each) for each in named])
    added = [each.product_id for each in found if isinstance(each, Product) and each.state == ACTIVE]
    unit = Unit()
    for product_id in added:
        unit.put(StoreFavourite(user_id=caller.user_id, product_id=product_id))
    for product_id in removed:
        unit.remove(StoreFavourite.at(user_id=caller.user_id, product_id=product_id))
    unit.commit()
    return ChangedFavourites(added=added, removed=removed, unknown=[each for each in named if each not in added])


def listed(user_id: str, query: Listing) -> Page[FavouriteView]:
    """List the favourites of a user with their products as they are now (2 requests)."""
    found = find(StoreFavourite, user_id=user_id, limit=query.limit, after=query.start_key())
    products = batch_fetch([Product.at(product_id=each.product_id) for each in found.items])
    known = {each.product_id: each for each in products if isinstance(each, Product)}
    return query.page(found, lambda favourite: _view(favourite, known.get(favourite.product_id)))


def _view(favourite: StoreFavourite, product: Product | None) -> FavouriteView:
    is_there = product is not None and product.state == ACTIVE
    return FavouriteView(
        favorite_id=favourite.product_id,
        product_id=favourite.product_id,
        product=views.card(of_product(product).shown) if is_there and product else None,
        added_at=favourite.created_at,
    )
