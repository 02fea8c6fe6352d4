"""At which public addresses stored items are shown, so that a change of one ends the copies that the edge keeps.

A record of the table's stream that changes nothing of what is shown ends no copy: the sales of a product do not touch
its page. Whoever lets the edge keep another route names its kinds here; a test holds both against each other.
"""

from collections.abc import Mapping
from typing import Any

from lyceum.kit import context
from lyceum.kit.frozen import frozen
from lyceum.tasks.system import EndCopies


@frozen
class Shown:
    """A kind of stored items that everybody may read, and where: attributes in braces, a star for any rest.

    Attributes:
        fields: The attributes that are shown, or decide whether the item is.
        pages: Addresses that show it alone; before it is there, no copy of them is.
        lists: Addresses that show it among others, and so miss a new one.
    """

    fields: tuple[str, ...]
    pages: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


SHOWN = {
    "university": Shown(
        ("name", "short_name", "country", "city", "website", "child_count"),
        pages=("/api/universities/{university_id}",),
        lists=("/api/universities",),
    ),
    "faculty": Shown(
        ("name", "description", "child_count"),
        pages=("/api/faculties/{faculty_id}",),
        lists=("/api/universities/{university_id}/*",),
    ),
    "department": Shown(
        ("name", "description", "child_count"),
        pages=("/api/departments/{department_id}",),
        lists=("/api/faculties/{faculty_id}/*",),
    ),
    "topic": Shown(
        ("title", "description", "order", "syllabus_tags", "course_id"),
        pages=("/api/topics/{topic_id}",),
        lists=("/api/courses/{course_id}/topics",),
    ),
    "badge_definition": Shown(("title", "description", "tests", "tiers"), lists=("/api/achievements",)),
    "plan": Shown(
        ("title", "description", "interval", "trial_days", "seats_most", "prices", "features", "rank", "is_active"),
        lists=("/api/plans",),
    ),
    "platform_incident": Shown(("title", "impact", "state", "components", "updates"), lists=("/api/status",)),
    "region": Shown(("title", "url", "state"), pages=("/api/health/region/{region}",)),
    "certificate": Shown(
        ("state", "shown_name", "credential", "superseded_by", "reason", "anchor"),
        pages=("/api/certificates/{certificate_id}", "/api/certificates/{certificate_id}/*"),
    ),
    "status_list": Shown(("bits",), lists=("/api/certificates/status/{list_id}",)),
    "issuer_key": Shown(("public",), lists=("/.well-known/did.json",)),
    "offer": Shown(
        ("shelf", "revision"),
        lists=("/api/marketplace/products", "/api/marketplace/sellers/{seller_id}"),
    ),
    "product": Shown(("state", "revision", "price_from", "price_to"), lists=("/api/products", "/api/products/search")),
    "product_review": Shown(("state", "stars", "text"), lists=("/api/products/{product_id}/reviews",)),
    "product_category": Shown(("parent_id", "title", "rank"), lists=("/api/categories",)),
}
"""By the stored kind of an item."""


def ended_by(record: Mapping[str, Any]) -> EndCopies | None:
    """Return the order that follows from a record of the table's stream, None when nothing that is shown changed."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage"), images.get("OldImage")
    image = new or old or {}
    shown = SHOWN.get(image.get("kind", {}).get("S", ""))
    if shown is None or "tenant" not in image:
        return None
    if new and old and all(new.get(name) == old.get(name) for name in shown.fields):
        return None
    stale = shown.lists + (shown.pages if old else ())
    places = {path.format_map(_texts(each)) for each in (new, old) if each for path in stale}
    if not places:
        return None
    return EndCopies(
        tenant=image["tenant"]["S"],
        actor="edge",
        correlation_id=context.current().correlation_id,
        paths=sorted(places),
    )


def _texts(image: Mapping[str, Any]) -> dict[str, str]:
    return {name: value["S"] for name, value in image.items() if "S" in value}
