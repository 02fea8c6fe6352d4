"""Products: made, changed and taken out of sale by staff, each with its variants in one transaction."""

from typing import Any

from lyceum.kit import ids
from lyceum.kit.errors import Conflict, NotFound, PreconditionFailed, rule_violation
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Entity, Unit, fetch_partition, retry_on_conflict
from lyceum.model.store.products import ACTIVE, DELETED, Product, Variant
from lyceum.rules import audits

from functions.store.catalogue import categories, views
from functions.store.catalogue.schemas import ChangeProduct, ProductView, SetProduct, SetVariant

_LINE = ("title", "product_title", "price", "currency", "tax_percent", "is_delivered", "is_offered")
"""What of a variant a line of an order is made of."""
_OTHER = ("options", "cost")


def show(caller: Principal | None, product_id: str) -> ProductView:
    """Show a product (1 request); raises NotFound for one that is not for sale, but not to staff."""
    is_staff = caller is not None and caller.may(Permission.MANAGE_STORE)
    product, variants = read(product_id)
    if product.state != ACTIVE and not is_staff:
        raise NotFound("There is no such product.")
    return views.product(product, variants, is_staff=is_staff)


def read(product_id: str, *, consistent: bool = False) -> tuple[Product, list[Variant]]:
    """Read a product with all variants that it ever had (1 request); raises NotFound."""
    items = fetch_partition(Product, consistent=consistent, product_id=product_id)
    product = next((each for each in items if isinstance(each, Product)), None)
    if product is None:
        raise NotFound("There is no such product.")
    return product, [each for each in items if isinstance(each, Variant)]


def create(caller: Principal, wanted: SetProduct) -> ProductView:
    """Make a product; raises NotFound for a category that there is not."""
    product = Product(product_id=ids.new_id())
    _describe(product, wanted)
    unit = Unit().create(product)
    variants = [_new(product, each) for each in wanted.variants]
    for variant in variants:
        unit.create(variant)
    categories.count(unit, product.category_id, 1)
    audits.note(unit, caller.user_id, None, "product.create", product.product_id, after=_told(product, variants))
    unit.commit()
    return views.product(product, variants, is_staff=True)


def change(caller: Principal, product_id: str, wanted: ChangeProduct, expect: int | None) -> ProductView:
    """Change a product with its variants; orders keep what they fixed, and reserved stock stays reserved.

    Raises NotFound, RuleViolation STOCK_RESERVED for a stock below what open orders hold, CURRENCY_FIXED and
    UNKNOWN_PICTURE, and PreconditionFailed.
    """
    return retry_on_conflict(lambda: _change(caller, product_id, wanted, expect))


def _change(caller: Principal, product_id: str, wanted: ChangeProduct, expect: int | None) -> ProductView:
    product, variants = read(product_id, consistent=True)
    if product.state != ACTIVE:
        raise NotFound("There is no such product.")
    if product.currency != wanted.currency:
        raise rule_violation("CURRENCY_FIXED", "A product keeps its currency. Make a new one.", field="currency")
    before, from_category = _told(product, variants), str(product.category_id)
    _describe(product, wanted)
    if wanted.pictures is not None:
        product.pictures = _arranged(product, wanted.pictures)
    unit = Unit()
    _replace(unit, product, expect)
    known = {each.sku: each for each in variants}
    kept = [_merge(unit, product, known.pop(each.sku, None), each) for each in wanted.variants]
    for variant in known.values():
        _withdraw(unit, variant)
    if from_category != product.category_id:
        categories.count(unit, from_category, -1)
        categories.count(unit, product.category_id, 1)
    audits.note(unit, caller.user_id, None, "product.change", product_id, before=before, after=_told(product, kept))
    unit.commit()
    return views.product(product, kept, is_staff=True)


def remove(caller: Principal, product_id: str) -> None:
    """Take a product out of sale; it stays for the orders that name it. Raises NotFound."""

    def work() -> None:
        product, variants = read(product_id, consistent=True)
        if product.state != ACTIVE:
            raise NotFound("There is no such product.")
        product.state = DELETED
        unit = Unit()
        _replace(unit, product, None)
        for variant in variants:
            _withdraw(unit, variant)
        categories.count(unit, product.category_id, -1)
        audits.note(unit, caller.user_id, None, "product.delete", product_id)
        unit.commit()

    retry_on_conflict(work)


_EDITED = (
    "state", "title", "description", "category_id", "tags", "price_from", "price_to", "tax_name", "tax_percent",
    "is_delivered", "lead_days", "skus", "pictures", "revision",
)  # fmt: skip


def _replace(unit: Unit, product: Product, expect: int | None) -> None:
    """Write what staff change, whatever figures grow meanwhile; `expect` is the revision that the caller has seen."""
    revision = int(product.revision)
    if expect is not None and expect != revision:
        raise PreconditionFailed("This product was changed since you read it.")
    product.revision = revision + 1
    meanwhile = Conflict("This product was changed meanwhile.", code="EDIT_CONFLICT")
    unit.amend(product, *_EDITED, when=Product.revision == revision, refuse=meanwhile)


def _describe(product: Product, wanted: SetProduct) -> None:
    values = wanted.model_dump(exclude={"variants", "pictures", "tax_percent"})
    for name, value in values.items():
        setattr(product, name, value)
    product.tax_percent = None if wanted.tax_percent is None else format(wanted.tax_percent.normalize(), "f")
    product.skus = [each.sku for each in wanted.variants]
    prices = [each.price for each in wanted.variants]
    product.price_from, product.price_to = min(prices), max(prices)


def _line_of(product: Product, wanted: SetVariant) -> dict[str, Any]:
    return {
        "title": wanted.title,
        "product_title": product.title,
        "price": wanted.price,
        "currency": product.currency,
        "tax_percent": product.tax_percent,
        "is_delivered": bool(product.is_delivered),
        "is_offered": True,
    }


def _new(product: Product, wanted: SetVariant) -> Variant:
    return Variant(
        product_id=product.product_id,
        sku=wanted.sku,
        options=wanted.options,
        cost=wanted.cost,
        available=wanted.stock,
        **_line_of(product, wanted),
    )


def _merge(unit: Unit, product: Product, known: Variant | None, wanted: SetVariant) -> Variant:
    """Add to a unit that a variant is as it is wanted, and return it."""
    if known is None:
        made = _new(product, wanted)
        unit.create(made)
        return made
    if wanted.stock < known.reserved:
        held = int(known.reserved)
        raise rule_violation("STOCK_RESERVED", f"Open orders hold {held} of {wanted.sku}.", field="variants")
    line = _line_of(product, wanted)
    is_same = all(getattr(known, name) == value for name, value in line.items())
    read = int(known.version)
    for name, value in line.items():
        setattr(known, name, value)
    known.options, known.cost = wanted.options, wanted.cost
    known.available = wanted.stock - int(known.reserved)
    known.offer = int(known.offer) + (not is_same)
    unit.amend(known, *_LINE, *_OTHER, "available", "offer", when=Entity.version == read)
    return known


def _withdraw(unit: Unit, variant: Variant) -> None:
    if variant.is_offered:
        unit.change(variant, Variant.is_offered.set(False), Variant.offer.add(1))


def _arranged(product: Product, wanted: list[str]) -> list[dict[str, Any]]:
    known = {each["upload_id"]: each for each in product.pictures}
    if unknown := [each for each in wanted if each not in known]:
        raise rule_violation("UNKNOWN_PICTURE", f"This product has no picture {unknown[0]}.", field="pictures")
    return [known[each] for each in dict.fromkeys(wanted)]


def _told(product: Product, variants: list[Variant]) -> dict[str, Any]:
    """Return what the audit keeps: prices and stock, and no text."""
    return {
        "categoryId": product.category_id,
        "variants": [{"sku": each.sku, "price": int(each.price), "stock": int(each.available)} for each in variants],
    }
