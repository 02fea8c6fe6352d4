"""Pictures and videos of products: put there once they are processed, in the order in which their slots were opened."""

from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.store.products import ACTIVE, Product

MOST_PICTURES = 20


def add(upload_id: str, unit: Unit) -> None:
    """Add to a unit that a processed file is shown with its product, if it is one of a product that is for sale."""
    upload = Upload.fetch(upload_id=upload_id, consistent=True)
    if upload is None or upload.product_id is None or upload.state != "ready":
        return
    product = Product.fetch(product_id=upload.product_id, consistent=True)
    if product is None or product.state != ACTIVE or len(product.pictures) >= MOST_PICTURES:
        return
    others = [each for each in product.pictures if each["upload_id"] != upload_id]
    kept = {
        "upload_id": upload_id,
        "type": "video" if str(upload.content_type).startswith("video/") else "image",
        "files": [
            {name: each[name] for name in ("name", "key", "content_type", "width", "height") if name in each}
            for each in upload.variants
        ],
    }
    product.pictures = sorted([*others, kept], key=lambda each: str(each["upload_id"]))
    revision = int(product.revision)
    product.revision = revision + 1
    meanwhile = Conflict("The product was changed meanwhile; the message comes again and finds it.")
    unit.amend(product, "pictures", "revision", when=Product.revision == revision, refuse=meanwhile)
