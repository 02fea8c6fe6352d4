"""Cursors of every list, found by its declaration: nobody goes on where somebody else stopped, nor in another list."""

import inspect
import typing
from dataclasses import dataclass

import pytest

from lyceum.kit import context
from lyceum.kit.http import Listing, Route
from lyceum.kit.table import Slice, write_many
from lyceum.model.store.products import Product
from tests.api.belongings import Belongings
from tests.support.http import Client, Reply, apis

KEY = {name: {"S": "main|NOTHING#x"} for name in ("PK", "SK")}
FOREIGN = "This cursor does not belong to this list."
IMPORTED = "/api/admin/import/{jobId}/"
"""Rows of a file, which nothing moves: `tests/imports` reads them page by page."""


def listing_of(route: Route) -> type[Listing] | None:
    """Return the query of a list, or None for a route that is no list."""
    for parameter in inspect.signature(route.function).parameters.values():
        kind = (typing.get_args(parameter.annotation) or [None])[0]
        if isinstance(kind, type) and issubclass(kind, Listing):
            return kind
    return None


@dataclass
class Place:
    """A list with the things that its path and query name."""

    route: Route
    path: str
    asked: dict[str, str]

    def sealed(self, caller: Client, path: str | None = None) -> str:
        """Return a cursor as the list, or one elsewhere, would give it to a caller."""
        kind = listing_of(self.route)
        assert kind is not None
        with context.working(context.RequestContext(caller.tenant, caller.user_id)):
            made = kind.model_validate(self.asked).cursor_after(Slice([], KEY), path or self.path)
        assert made is not None
        return made

    def goes_on(self, caller: Client, cursor: str) -> bool:
        reply: Reply = caller.get(self.path, {"cursor": cursor, **self.asked})
        return not (reply.status == 400 and reply.error.message == FOREIGN)


@pytest.fixture
def places(client: Client) -> list[Place]:
    """Every list of the product."""
    found = [route for api in apis() for route in api.routes if route.method == "GET" and listing_of(route)]
    things = Belongings(client)
    names = {**things.names(None), "userId": client.as_("student").user_id}
    asked = {"/api/questions/most-missed": {"topicId": names["topicId"]}}
    asked["/api/questions/export"] = {"reason": "The board looks at them"}
    sold = {"title": "A pen", "category_id": "c", "currency": "NGN", "price_from": 100, "price_to": 100}
    write_many([Product(product_id=names["productId"], **sold)])
    asked["/api/ai/generate-questions"] = {"courseId": names["courseId"]}
    asked |= {path: {"q": "words"} for path in ("/api/search", "/api/products/search")}
    return [
        Place(route, route.path.format(**names), asked.get(route.path, {}))
        for route in found
        if not route.path.startswith(IMPORTED)
    ]


def test_no_list_goes_on_by_a_cursor_of_another_caller_or_list(client: Client, places: list[Place]) -> None:
    reader, other = client.as_("super_admin"), client.as_("boss", "super_admin")
    assert [place.path for place in places if place.goes_on(reader, place.sealed(other))] == []
    assert [place.path for place in places if place.goes_on(reader, place.sealed(reader, "/api/elsewhere"))] == []


def test_every_list_takes_a_page_by_number_but_not_beyond_a_thousand_rows(client: Client, places: list[Place]) -> None:
    reader, wrong = client.as_("super_admin"), {}
    for place in places:
        replies = [reader.get(place.path, {"page": page, "limit": 20, **place.asked}) for page in (1, 2, 51)]
        if [reply.status for reply in replies] != [200, 200, 400]:
            wrong[place.path] = [(reply.status, reply.body[:150]) for reply in replies]
    assert wrong == {}
