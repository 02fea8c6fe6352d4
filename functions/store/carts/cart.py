"""A cart: lines with the price that their owner saw, priced anew at each look."""

from collections.abc import Sequence
from typing import Any

from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, fetch_many, retry_on_conflict
from lyceum.kit.values.money import Money
from lyceum.model.store.carts import Cart
from lyceum.model.store.products import ACTIVE, Product, Variant

from functions.store.carts.schemas import MOST_LINES, CartLine, CartView, SetItem
from functions.store.catalogue.schemas import Sku

Key = tuple[str, str]


def show(caller: Principal) -> CartView:
    """Show one's own cart as it is priced now (2 requests)."""
    cart = Cart.fetch(user_id=caller.user_id) or Cart(user_id=caller.user_id)
    return view(cart, variants_of(cart.items))


def variants_of(items: Sequence[dict[str, Any]], *, consistent: bool = False) -> dict[Key, Variant]:
    """Read the variants of lines (1 request)."""
    found = batch_fetch([name_of(each) for each in items], consistent=consistent)
    return {(each.product_id, each.sku): each for each in found if isinstance(each, Variant)}


def name_of(item: dict[str, Any]) -> Variant:
    """Name the variant of a line, to read it."""
    return Variant.at(product_id=item["product_id"], sku=item["sku"])


def put(caller: Principal, product_id: str, wanted: SetItem) -> CartView:
    """Set how many of a variant stand in one's cart.

    Raises NotFound for what is not for sale, RuleViolation NAME_A_VARIANT, CART_FULL, TWO_CURRENCIES and
    LESS_AVAILABLE.
    """
    return retry_on_conflict(lambda: _put(caller, product_id, wanted))


def _put(caller: Principal, product_id: str, wanted: SetItem) -> CartView:
    product, cart = fetch_many(Product.at(product_id=product_id), Cart.at(user_id=caller.user_id), consistent=True)
    if product is None or product.state != ACTIVE:
        raise NotFound("There is no such product.")
    cart = cart or Cart(user_id=caller.user_id)
    sku = _sku_of(product, wanted.sku)
    items = [each for each in cart.items if (each["product_id"], each["sku"]) != (product_id, sku)]
    if len(items) >= MOST_LINES:
        raise rule_violation("CART_FULL", f"A cart has at most {MOST_LINES} lines.")
    if any(each["currency"] != product.currency for each in items):
        raise rule_violation("TWO_CURRENCIES", "Order what is sold in the other currency first.")
    line = {"product_id": product_id, "sku": sku, "quantity": wanted.quantity, "currency": product.currency}
    variants = variants_of([*items, line])
    variant = variants.get((product_id, sku))
    if variant is None or not variant.is_offered:
        raise NotFound("There is no such product.")
    if variant.available < wanted.quantity:
        left = int(variant.available)
        raise rule_violation("LESS_AVAILABLE", f"There are {left} left.", field="quantity")
    cart.items = [*items, line | {"price": int(variant.price)}]
    Unit().save(cart).commit()
    return view(cart, variants)


def _sku_of(product: Product, sku: str | None) -> str:
    if sku is None and len(product.skus) > 1:
        raise rule_violation("NAME_A_VARIANT", f"Name one of {', '.join(product.skus)}.", field="sku")
    return sku or str(product.skus[0])


def take_out(caller: Principal, product_id: str, sku: Sku | None) -> CartView:
    """Take a product out of one's cart; raises NotFound when it is not in it."""

    def work() -> CartView:
        cart = Cart.fetch(user_id=caller.user_id, consistent=True) or Cart(user_id=caller.user_id)
        kept = [each for each in cart.items if each["product_id"] != product_id or sku not in {None, each["sku"]}]
        if len(kept) == len(cart.items):
            raise NotFound("This is not in your cart.")
        cart.items = kept
        Unit().save(cart).commit()
        return view(cart, variants_of(kept))

    return retry_on_conflict(work)


def empty(caller: Principal) -> None:
    """Take everything out of one's cart."""

    def work() -> None:
        cart = Cart.fetch(user_id=caller.user_id, consistent=True)
        if cart is not None and cart.items:
            cart.items = []
            Unit().save(cart).commit()

    retry_on_conflict(work)


def view(cart: Cart, variants: dict[Key, Variant]) -> CartView:
    """Show a cart with what changed since each line was set."""
    lines = [_line(each, variants.get((each["product_id"], each["sku"]))) for each in cart.items]
    amount = sum(each.total.amount for each in lines)
    is_whole = not any({"LESS_AVAILABLE", "NOT_OFFERED"} & set(each.changes) for each in lines)
    return CartView(
        lines=lines,
        total=Money(amount=amount, currency=lines[0].price.currency) if lines else None,
        needs_address=any(each.is_delivered for each in lines),
        can_be_ordered=bool(lines) and is_whole,
    )


def _line(item: dict[str, Any], variant: Variant | None) -> CartLine:
    shown, quantity, currency = int(item["price"]), int(item["quantity"]), str(item["currency"])
    if variant is None or not variant.is_offered:
        return CartLine(
            product_id=item["product_id"],
            sku=item["sku"],
            title=line_title(variant) if variant else "",
            quantity=quantity,
            price=Money(amount=shown, currency=currency),
            total=Money(amount=0, currency=currency),
            changes=["NOT_OFFERED"],
        )
    price = int(variant.price)
    line = CartLine(
        product_id=item["product_id"],
        sku=item["sku"],
        title=line_title(variant),
        quantity=quantity,
        price=Money(amount=price, currency=currency),
        total=Money(amount=price * quantity, currency=currency),
        is_delivered=bool(variant.is_delivered),
    )
    if price != shown:
        line.shown_price = Money(amount=shown, currency=currency)
        line.changes.append("PRICE_CHANGED")
    if variant.available < quantity:
        line.available = int(variant.available)
        line.changes.append("LESS_AVAILABLE")
    return line


def line_title(variant: Variant) -> str:
    """Return what a line is called: the product, and its variant where that has a name of its own."""
    own = str(variant.title)
    return str(variant.product_title) if own == variant.product_title else f"{variant.product_title}, {own}"
