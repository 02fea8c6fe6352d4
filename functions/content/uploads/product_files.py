"""Slots for pictures and videos of a product of the store, several at once."""

from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.model.store.products import ACTIVE, Product
from lyceum.rules.uploads import opening

from functions.content.uploads.schemas import AskFiles, Slots


def open_slots(purpose: str, caller: Principal, product_id: str, wanted: AskFiles) -> Slots:
    """Open a slot for each file; once one is processed, the product shows it, in the order of the slots.

    Raises NotFound for a product that is not for sale, and as one slot does.
    """
    product = Product.fetch(product_id=product_id)
    if product is None or product.state != ACTIVE:
        raise NotFound("There is no such product.")
    opened = [opening.open_for(purpose, caller, each, product_id=product_id) for each in wanted.files]
    return Slots(slots=opened)
