"""Products, categories and reviews over HTTP, and what staff plan by."""

from typing import Annotated

from lyceum.kit.http import OPTIONAL, PUBLIC, USER, Api, Caller, IfMatch, Listing, MaybeCaller, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.store.catalogue import categories, listing, products, reviews, views
from functions.store.catalogue.schemas import (
    CategoryTreeView,
    CategoryView,
    ChangeProduct,
    ModerateReview,
    ProductCard,
    ProductQuery,
    ProductSearch,
    ProductView,
    ReviewView,
    SetCategory,
    SetProduct,
    WriteReview,
)
from functions.store.planning import prices, reordering
from functions.store.planning.schemas import PriceSuggestion, ReorderQuery, ReorderView

api = Api("store", recheck=recheck)
handler = api.handler
_STAFF = may(Permission.MANAGE_STORE)
_SHARED = "public, max-age=30"


@api.get("/api/products", access=PUBLIC, cache_control=_SHARED)
def list_products(query: Annotated[ProductQuery, Query()]) -> Page[ProductCard]:
    """List the products that are for sale."""
    return listing.listed(query)


@api.get("/api/products/search", access=PUBLIC, cache_control=_SHARED)
def search_products(query: Annotated[ProductSearch, Query()]) -> Page[ProductCard]:
    """Search products by words in any spelling, the best first."""
    return listing.listed(query, query.q)


@api.get("/api/products/{productId}", access=OPTIONAL)
def show_product(caller: MaybeCaller, product_id: str) -> ProductView:
    """Show a product with its variants; staff see its stock too."""
    return products.show(caller, product_id)


@api.post("/api/products", access=_STAFF, status=201, limit="300/hour", idempotent=True)
def create_product(caller: Caller, body: SetProduct) -> ProductView:
    """Create a product with its variants and their stock."""
    return products.create(caller, body)


@api.put("/api/products/{productId}", access=_STAFF, limit="600/hour")
def update_product(caller: Caller, product_id: str, body: ChangeProduct, if_match: IfMatch) -> ProductView:
    """Update a product, its variants, prices, stock, and the order of its pictures."""
    return products.change(caller, product_id, body, if_match)


@api.delete("/api/products/{productId}", access=_STAFF)
def delete_product(caller: Caller, product_id: str) -> Removed:
    """Take a product out of sale; orders that name it stay."""
    products.remove(caller, product_id)
    return Removed(id=product_id)


@api.get("/api/products/{productId}/reviews", access=PUBLIC, cache_control=_SHARED)
def list_reviews(product_id: str, query: Annotated[Listing, Query()]) -> Page[ReviewView]:
    """List what buyers say of a product, the latest first."""
    return query.page(reviews.listed(product_id, query), views.review)


@api.post("/api/products/{productId}/reviews", access=USER, status=201, limit="30/hour")
def post_product_review(caller: Caller, product_id: str, body: WriteReview) -> ReviewView:
    """Review a product that one has bought, or change one's review."""
    return views.review(reviews.write(caller, product_id, body))


@api.put("/api/products/{productId}/reviews/{reviewId}", access=may(Permission.MODERATE, afresh=True), limit="600/hour")
def set_review_state(caller: Caller, product_id: str, review_id: str, body: ModerateReview) -> ReviewView:
    """Hide a review, or show it again; hidden ones do not count in the mean."""
    return views.review(reviews.moderate(caller, product_id, review_id, body))


@api.get("/api/categories", access=PUBLIC, cache_control="public, max-age=60")
def list_categories() -> CategoryTreeView:
    """List all categories as a tree."""
    return categories.tree()


@api.post("/api/categories", access=_STAFF, status=201, limit="300/hour", idempotent=True)
def create_category(caller: Caller, body: SetCategory) -> CategoryView:
    """Create a category."""
    return categories.create(caller, body)


@api.put("/api/categories/{categoryId}", access=_STAFF, limit="300/hour")
def update_category(caller: Caller, category_id: str, body: SetCategory) -> CategoryView:
    """Update a category, or move it with all below it, never below itself."""
    return categories.change(caller, category_id, body)


@api.delete("/api/categories/{categoryId}", access=_STAFF)
def delete_category(caller: Caller, category_id: str) -> Removed:
    """Delete a category in which nothing stands."""
    categories.remove(caller, category_id)
    return Removed(id=category_id)


@api.get("/api/admin/products/{productId}/price-suggestion", access=_STAFF)
def show_price_suggestion(product_id: str) -> PriceSuggestion:
    """Show which prices demand, margin and stock speak for, and why; nothing changes by it."""
    return prices.suggest(product_id)


@api.get("/api/admin/inventory/reorder", access=_STAFF)
def list_reorder_points(query: Annotated[ReorderQuery, Query()]) -> Page[ReorderView]:
    """List when which variants are to be ordered anew, those first whose stock ends first."""
    return query.page(reordering.listed(query), reordering.view)
