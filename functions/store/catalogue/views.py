"""Products as callers see them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lyceum.kit import clock
from lyceum.kit.aws import links
from lyceum.kit.values.money import Money
from lyceum.model.store.products import Product, ProductReview, Variant

from functions.store.catalogue.schemas import (
    PictureFile,
    PictureView,
    ProductCard,
    ProductView,
    ReviewView,
    VariantView,
)


def card(shown: dict[str, Any]) -> ProductCard:
    """Show a product in a list, from what search keeps of it."""
    picture = shown.get("picture")
    return ProductCard(
        product_id=shown["product_id"],
        title=shown["title"],
        category_id=shown["category_id"],
        tags=shown["tags"],
        price_from=Money(amount=shown["price_from"], currency=shown["currency"]),
        price_to=Money(amount=shown["price_to"], currency=shown["currency"]),
        rating=shown.get("rating"),
        rating_count=shown["rating_count"],
        picture=_file(picture) if picture else None,
        created_at=clock.parse(shown["created_at"]),
    )


def product(found: Product, variants: Sequence[Variant], *, is_staff: bool = False) -> ProductView:
    """Show a product with its variants; staff see its stock and costs too."""
    by_sku = {each.sku: each for each in variants}
    pictures = [_picture(each) for each in found.pictures]
    return ProductView(
        product_id=found.product_id,
        title=found.title,
        description=found.description,
        category_id=found.category_id,
        tags=list(found.tags),
        price_from=Money(amount=int(found.price_from), currency=found.currency),
        price_to=Money(amount=int(found.price_to), currency=found.currency),
        rating=rating_of(found),
        rating_count=int(found.rating_count),
        picture=pictures[0].files[0] if pictures and pictures[0].files else None,
        tax_name=found.tax_name,
        tax_percent=Decimal(found.tax_percent) if found.tax_percent else None,
        is_delivered=bool(found.is_delivered),
        lead_days=int(found.lead_days),
        variants=[_variant(by_sku[sku], is_staff=is_staff) for sku in found.skus if sku in by_sku],
        pictures=pictures,
        version=int(found.revision),
        created_at=found.created_at,
    )


def rating_of(found: Product) -> float | None:
    """Return the mean of a product's stars with two places, None without any."""
    return round(int(found.rating_sum) / int(found.rating_count), 2) if found.rating_count else None


def review(found: ProductReview) -> ReviewView:
    """Show a review."""
    return ReviewView.model_validate(found)


def _variant(found: Variant, *, is_staff: bool) -> VariantView:
    shown = VariantView(
        sku=found.sku,
        title=found.title,
        options=dict(found.options),
        price=Money(amount=int(found.price), currency=found.currency),
        is_available=bool(found.is_offered and found.available > 0),
    )
    if is_staff:
        shown.stock = int(found.available) + int(found.reserved)
        shown.reserved, shown.sold = int(found.reserved), int(found.sold)
        shown.cost = None if found.cost is None else Money(amount=int(found.cost), currency=found.currency)
    return shown


def _picture(kept: dict[str, Any]) -> PictureView:
    return PictureView(upload_id=kept["upload_id"], type=kept["type"], files=[_file(each) for each in kept["files"]])


def _file(kept: dict[str, Any]) -> PictureFile:
    return PictureFile(
        name=kept["name"],
        content_type=kept.get("content_type"),
        width=kept.get("width"),
        height=kept.get("height"),
        url=links.picture_link(kept["key"]),
    )
