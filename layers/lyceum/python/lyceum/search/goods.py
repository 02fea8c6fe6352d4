"""What is for sale, as documents: products of the store and offers of the marketplace."""

from collections.abc import Iterator

from lyceum.kit import clock
from lyceum.kit.table import find_all
from lyceum.model.marketplace.offers import LISTED, Offer
from lyceum.model.store.products import ACTIVE, Product
from lyceum.search.documents import Document
from lyceum.search.plain_values import facets_of, seconds_of, text_of


def everything() -> Iterator[Document]:
    """Yield the documents of everything that is for sale."""
    for product in find_all(Product, index="gsi1", state=ACTIVE):
        yield of_product(product)
    for offer in find_all(Offer, index="gsi1", shelf=LISTED):
        yield of_offer(offer)


def of_product(product: Product) -> Document:
    """Return the document of a product that is for sale."""
    count = int(product.rating_count)
    rating = round(int(product.rating_sum) / count, 2) if count else None
    first = next((each["files"][0] for each in product.pictures if each["files"]), None)
    names = ("product_id", "title", "category_id", "currency")
    return Document(
        kind="product",
        item_id=product.product_id,
        title=product.title,
        text=text_of(product.description),
        facets=facets_of(product, "tags", "currency") | {"category": product.category_id},
        numbers={
            "created_at": seconds_of(product.created_at),
            "price": float(product.price_from),
            "rating": rating or 0.0,
            "rating_count": float(count),
        },
        popularity=int(product.sales),
        shown={name: getattr(product, name) for name in names}
        | {
            "tags": list(product.tags),
            "price_from": int(product.price_from),
            "price_to": int(product.price_to),
            "rating": rating,
            "rating_count": count,
            "picture": first,
            "created_at": clock.iso(product.created_at),
        },
    )


def of_offer(offer: Offer) -> Document:
    """Return the document of an offer that is listed."""
    count = int(offer.rating_count)
    return Document(
        kind="offer",
        item_id=offer.offer_id,
        title=offer.title,
        text=text_of(offer.description),
        facets=facets_of(offer, "currency", "type") | {"author_id": offer.seller_id},
        numbers={
            "created_at": seconds_of(offer.listed_at),
            "price": float(offer.price),
            "rating": round(int(offer.rating_sum) / count, 2) if count else 0.0,
            "rating_count": float(count),
        },
        popularity=max(0, int(offer.sales)),
        shown={},
    )


def read_product(item_id: str) -> tuple[Document | None, int]:
    """Read a product, and return its document while it is for sale, with its version."""
    product = Product.fetch(product_id=item_id, consistent=True)
    if product is None:
        return None, 0
    return (of_product(product) if product.state == ACTIVE else None), int(product.version)


def read_offer(item_id: str) -> tuple[Document | None, int]:
    """Read an offer, and return its document while it is listed, with its version."""
    offer = Offer.fetch(offer_id=item_id, consistent=True)
    if offer is None:
        return None, 0
    return (of_offer(offer) if offer.state == LISTED else None), int(offer.version)
