"""Lists of the library, files, offline copies and ratings."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lyceum.kit import clock as product_clock
from lyceum.kit import ids
from lyceum.kit.table import Unit, write_many, writing
from lyceum.model.content.library import ContentItem, ContentRating, ContentStatistics
from tests.content.conftest import SMALL, Library
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.threads import at_once
from tests.support.workers import deliver, record

from functions.content.events import statistics
from functions.content.library import listings


def stocked(**said: Any) -> ContentItem:
    """Put a published item on its shelves without the way there."""
    file = {"name": "original", "content_type": "application/pdf", "size_bytes": said.pop("size", 1000)}
    known = ContentStatistics(content_id=ids.new_id(), downloads=said.pop("downloads", 0))
    known.rating_sum, known.rating_count = said.pop("stars", (0, 0))
    fields = {
        "title": "Cells",
        "subject": "Biology",
        "grade_level": "SS2",
        "type": "document",
        "search_text": said.get("title", "Cells").lower(),
    }
    item = ContentItem(
        content_id=known.content_id, owner_id="o" * 26, upload_id="u" * 26, state="published", file_name="f.pdf",
        files=[file], published_at=product_clock.now(), **fields | said,
    )  # fmt: skip
    unit = Unit()
    listings.put(unit, item, known)
    write_many([item, known, *(write.item for write in unit._writes)])
    return item


@pytest.fixture
def stock(tenant: str, clock: Clock) -> dict[str, ContentItem]:
    made = {}
    for title, said in {
        "Algebra": {
            "subject": "Mathematics",
            "grade_level": "SS1",
            "downloads": 5,
            "stars": (9, 2),
            "topic_id": "T" * 26,
        },
        "Botany": {"downloads": 50, "size": 10},
        "Chemistry": {"subject": "Chemistry", "type": "video", "stars": (5, 1)},
        "Diffusion": {"downloads": 7, "stars": (8, 4)},
    }.items():
        clock.advance(minutes=1)
        made[title] = stocked(title=title, **said)
    return made


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Diffusion", "Chemistry", "Botany", "Algebra"]),
        ({"sort": "popular"}, ["Botany", "Diffusion", "Algebra", "Chemistry"]),
        ({"sort": "rating"}, ["Chemistry", "Algebra", "Diffusion", "Botany"]),
        ({"subject": "biology "}, ["Diffusion", "Botany"]),
        ({"subject": "BIOLOGY", "sort": "popular"}, ["Botany", "Diffusion"]),
        ({"gradeLevel": "ss1"}, ["Algebra"]),
        ({"type": "video"}, ["Chemistry"]),
        ({"topicId": "T" * 26}, ["Algebra"]),
        ({"topicId": "T" * 26, "subject": "Biology"}, []),
        ({"search": "DIFF"}, ["Diffusion"]),
        ({"maxBytes": "10"}, ["Botany"]),
        ({"subject": "Biology", "type": "document", "gradeLevel": "SS2", "search": "bot"}, ["Botany"]),
    ],
    ids=str,
)
def test_every_list_is_one_query(
    client: Client, stock: dict[str, ContentItem], query: dict[str, Any], titles: list[str]
) -> None:
    reply = client.get("/api/content", query)
    assert ([item["title"] for item in reply.data], reply.cost.operations) == (titles, ["Query"])


@pytest.mark.parametrize("sort", ["newest", "popular", "rating"])
def test_pages_hold_everything_once(client: Client, stock: dict[str, ContentItem], sort: str) -> None:
    seen: list[str] = []
    query = {"limit": "1", "sort": sort}
    while True:
        reply = client.get("/api/content", query)
        seen += [item["title"] for item in reply.data]
        if not reply.pagination["hasNext"]:
            break
        query["cursor"] = reply.pagination["nextCursor"]
    assert sorted(seen) == sorted(stock)


def test_a_slow_line_asks_for_little(client: Client, stock: dict[str, ContentItem]) -> None:
    (item,) = client.get("/api/content", {"fields": "title,lowSizeBytes", "search": "botany"}).data
    assert item == {"title": "Botany", "lowSizeBytes": 10}


def test_what_is_not_published_is_for_its_owner_and_for_staff(library: Library) -> None:
    content_id = library.ready(title="Mine")
    assert library.listed() == []
    assert [item["state"] for item in library.author.get("/api/content", {"mine": "true"}).data] == ["ready"]
    assert library.author.get("/api/content", {"mine": "true", "status": "draft"}).data == []
    assert library.author.get("/api/content", {"status": "ready"}).status == 403
    assert [
        item["contentId"] for item in library.client.as_("moderator").get("/api/content", {"status": "ready"}).data
    ] == [content_id]
    assert (
        library.client.get("/api/content", {"mine": "true"}).status
        == library.client.get("/api/content", {"offline": "true"}).status
        == 401
    )
    assert library.client.get("/api/content", {"status": "draft"}).status == 401
    assert library.author.get("/api/content", {"mine": "true", "sort": "popular"}).status == 400
    assert library.client.of("elsewhere").as_("moderator").get("/api/content", {"status": "ready"}).data == []


def test_a_file_is_fetched_by_a_link_of_five_minutes(library: Library, clock: Clock) -> None:
    content_id = library.published()
    student = library.client.as_("student")
    for variant in ("original", "low", "320"):
        reply = student.get(f"/api/content/{content_id}/file", {"variant": variant})
        assert parse_qs(urlsplit(reply.data["url"]).query)["X-Amz-Expires"] == ["300"]
        assert product_clock.parse(reply.data["expiresAt"]) == clock.at + timedelta(minutes=5)
        assert len(requests.get(reply.data["url"], timeout=5).content) == reply.data["sizeBytes"]
        assert reply.cost.operations == ["GetItem"] and "/derived/" in reply.data["url"]
    assert student.get(f"/api/content/{content_id}/file", {"variant": "preview"}).status == 404
    for line, variant in (("on", "low"), ("off", "original")):
        asked = student.get(f"/api/content/{content_id}/file", {"variant": variant}).data
        assert student.get(f"/api/content/{content_id}/file", save_data=line).data["variant"] == asked["variant"]
    assert library.client.get(f"/api/content/{content_id}/file").status == 401


def test_a_file_that_is_not_published_is_for_those_who_judge_it(library: Library) -> None:
    content_id = library.ready()
    path = f"/api/content/{content_id}/file"
    assert library.author.get(path).status == 200
    assert library.verifier.get(path).status == library.client.as_("student").get(path).status == 404
    library.author.post(f"/api/content/{content_id}/submit")
    assert library.verifier.get(path).status == 200 and library.client.as_("student").get(path).status == 404


def test_a_file_that_is_not_ready_has_no_link(library: Library) -> None:
    content_id = library.draft(library.upload(SMALL))["contentId"]
    assert library.author.get(f"/api/content/{content_id}/file").status == 404


def test_a_download_counts_once_for_user_device_and_day(library: Library, clock: Clock) -> None:
    content_id = library.published()
    path, student = f"/api/content/{content_id}/download", library.client.as_("student")

    def counted(who: Client, device: str) -> bool:
        return bool(who.post(path, {"deviceId": device}).data["counted"])

    assert [counted(student, "phone"), counted(student, "phone"), counted(student, "tablet")] == [True, False, True]
    assert counted(library.client.as_("eve", "student"), "phone")
    deliver(library.client.cloud, library.client.tenant)
    assert library.client.get(f"/api/content/{content_id}").data["downloads"] == 3
    clock.advance(days=1)
    assert [counted(student, "phone"), counted(student, "phone")] == [True, False]
    deliver(library.client.cloud, library.client.tenant)
    (item,) = library.client.get("/api/content", {"sort": "popular"}).data
    assert item["downloads"] == 4


def test_downloads_told_at_once_count_once(library: Library) -> None:
    content_id = library.published()
    student = library.client.as_("student")
    replies = at_once(*[lambda: student.post(f"/api/content/{content_id}/download", {"deviceId": "phone"})] * 4)
    assert sorted(reply.data["counted"] for reply in replies) == [False, False, False, True]


def test_offline_copies_are_listed_for_their_user(library: Library) -> None:
    content_id = library.published()
    student = library.client.as_("student")
    reply = student.post(f"/api/content/{content_id}/download", {"deviceId": "phone", "variant": "low"})
    assert reply.cost.operations == ["BatchGetItem", "PutItem"]
    assert student.post(
        f"/api/content/{content_id}/download", {"deviceId": "phone", "variant": "low"}
    ).cost.operations == ["BatchGetItem"]
    reply = student.get("/api/content", {"offline": "true"})
    assert [(item["contentId"], item["deviceId"], item["variant"]) for item in reply.data] == [
        (content_id, "phone", "320")
    ]
    assert reply.cost.operations == ["Query"]
    assert student.get("/api/content", {"offline": "true", "deviceId": "tablet"}).data == []
    assert library.author.get("/api/content", {"offline": "true"}).data == []
    assert student.post(f"/api/content/{ids.new_id()}/download", {"deviceId": "phone"}).status == 404


def mean(library: Library, content_id: str) -> tuple[float | None, int]:
    deliver(library.client.cloud, library.client.tenant)
    shown = library.client.get(f"/api/content/{content_id}").data
    return shown.get("rating"), shown["ratingCount"]


def test_a_rating_is_one_a_user_and_can_be_changed(library: Library) -> None:
    content_id = library.published()
    path = f"/api/content/{content_id}/rate"
    student, eve = library.client.as_("student"), library.client.as_("eve", "student")
    assert mean(library, content_id) == (None, 0)
    student.post(path, {"stars": 5})
    assert mean(library, content_id) == (5, 1)
    eve.post(path, {"stars": 2})
    assert mean(library, content_id) == (3.5, 2)
    student.post(path, {"stars": 1})
    student.post(path, {"stars": 1})
    assert mean(library, content_id) == (1.5, 2)
    assert library.client.get("/api/content", {"sort": "rating"}).data[0]["rating"] == 1.5
    assert library.author.post(path, {"stars": 5}).status == 403
    assert [student.post(path, {"stars": stars}).status for stars in (0, 6, 2.5)] == [400] * 3


def test_ratings_at_once_are_all_counted_and_one_user_has_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    content_id, streamed, send = library.published(), [], writing._send_alone

    def stream(write: Any) -> None:
        """Keep what each write tells, as the table's stream does; the item only holds what its latest write told."""
        send(write)
        streamed.extend(
            {"DetailType": event["name"], "Source": "lyceum", "Detail": event["detail"]}
            for event in write.item.outbox or []
        )

    monkeypatch.setattr(writing, "_send_alone", stream)
    people = [library.client.as_(f"student{number}", "student") for number in range(4)]
    calls = [(people[0], stars) for stars in (1, 2, 3, 4, 5)] + [(person, 2) for person in people[1:]]
    statuses = at_once(
        *[lambda one=one: one[0].post(f"/api/content/{content_id}/rate", {"stars": one[1]}).status for one in calls]
    )
    assert set(statuses) <= {200, 409} and statuses[5:] == [200] * 3
    assert statistics.handler({"Records": [record(entry) for entry in streamed]}, LAMBDA)["batchItemFailures"] == []
    own = ContentRating.require(content_id=content_id, user_id=people[0].user_id)
    counted = ContentStatistics.require(content_id=content_id)
    assert (int(counted.rating_sum), int(counted.rating_count)) == (int(own.stars) + 6, 4)


def test_what_is_not_published_is_not_rated(library: Library) -> None:
    content_id = library.ready()
    assert library.client.as_("student").post(f"/api/content/{content_id}/rate", {"stars": 3}).status == 404
    assert (
        library.client.as_("moderator").post(f"/api/content/{content_id}/rate", {"stars": 3}).error.code
        == "WRONG_STATE"
    )


def test_figures_survive_a_stay_in_the_archive(library: Library) -> None:
    content_id = library.published()
    library.client.as_("student").post(f"/api/content/{content_id}/rate", {"stars": 4})
    library.author.patch(f"/api/content/{content_id}", {"archived": True})
    assert deliver(library.client.cloud, library.client.tenant) == 0
    library.author.patch(f"/api/content/{content_id}", {"archived": False})
    assert library.client.get("/api/content").data[0]["rating"] == 4


def test_the_newest_come_first(stock: dict[str, ContentItem], client: Client) -> None:
    times = [item["publishedAt"] for item in client.get("/api/content").data]
    assert all(later > earlier for later, earlier in pairwise(times))


def test_an_event_that_comes_again_is_counted_once(library: Library) -> None:
    content_id = library.published()
    library.client.as_("student").post(f"/api/content/{content_id}/rate", {"stars": 4})
    (entry,) = [
        each for each in library.client.cloud.outbox(library.client.tenant) if each["DetailType"] == "content.rated"
    ]
    for _ in range(2):
        assert statistics.handler({"Records": [record(entry), record(entry)]}, LAMBDA)["batchItemFailures"] == []
    assert mean(library, content_id) == (4, 1)
