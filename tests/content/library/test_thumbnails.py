"""Cards of the library show a picture of what they are about."""

from typing import Any

import pytest

from lyceum.kit.aws import links
from lyceum.kit.table import Unit
from lyceum.model.content.library import ContentItem, ContentStatistics
from tests.content.library.test_browse import stocked
from tests.support.clock import Clock
from tests.support.http import Client

from functions.content.library import listings

WEBP = {"content_type": "image/webp", "size_bytes": 9, "height": 100}
PREVIEW = {**WEBP, "name": "preview", "key": "derived/p", "width": 360}
SIZES = [{**WEBP, "name": name, "key": f"derived/{name}", "width": int(name)} for name in ("320", "800")]
WHOLE = {"name": "original", "key": "derived/o", "content_type": "application/pdf", "size_bytes": 100}


def published(kind: str, files: list[dict[str, Any]]) -> ContentItem:
    item = stocked(type=kind)
    item.files = files
    unit = Unit().replace(item)
    listings.put(unit, item, ContentStatistics(content_id=item.content_id))
    unit.commit()
    return item


@pytest.mark.parametrize(
    ("kind", "files", "key", "width"),
    [("document", [WHOLE, PREVIEW], "derived/p", 360), ("image", [SIZES[1], SIZES[0]], "derived/320", 320)],
)
def test_cards_have_the_address_of_a_small_picture(
    client: Client, tenant: str, clock: Clock, kind: str, files: list[dict[str, Any]], key: str, width: int
) -> None:
    item = published(kind, files)
    student = client.as_("student")
    kept = {"deviceId": "tablet", "variant": files[0]["name"]}
    assert student.post(f"/api/content/{item.content_id}/download", kept).status == 200
    for query in ({}, {"type": kind}, {"offline": "true"}):
        (card,) = student.get("/api/content", query).data
        assert (key in card["thumbnail"]["url"], card["thumbnail"]["width"]) == (True, width)
        assert "key" not in card["thumbnail"]


def test_what_has_no_picture_has_none(client: Client, tenant: str, clock: Clock) -> None:
    published("text", [WHOLE])
    published("document", [WHOLE])
    assert not any("thumbnail" in card for card in client.get("/api/content").data)


def test_an_address_of_a_picture_stays_the_same_within_an_hour(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[float] = []
    monkeypatch.setattr(links, "link", lambda _key, seconds: ends.append(clock.at.timestamp() + seconds) or "")
    for minutes in (0, 20, 39, 1):
        clock.advance(minutes=minutes)
        links.picture_link("derived/a")
    first, second, third, later = (round(each) for each in ends)
    assert (first, first) == (second, third)
    assert later == first + 3600
    assert all(end - clock.at.timestamp() >= 0 for end in ends)
