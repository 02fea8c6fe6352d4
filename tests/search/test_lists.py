"""The `search` of the catalogue and of the library asks the index, once there is one, and storage until then."""

from typing import Any

from lyceum.kit import clock as time
from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.content.library import ContentItem, ContentListing
from lyceum.search.embedded import publishing
from tests.search.conftest import Feed, Library
from tests.support.clock import Clock
from tests.support.http import Client


def titles(client: Client, path: str, **query: Any) -> list[str]:
    reply = client.get(path, query)
    assert reply.status == 200, reply.body
    return [each["title"] for each in reply.data]


def test_courses_are_found_in_any_spelling_the_best_first(
    client: Client, library: Library, follow: Feed, clock: Clock
) -> None:
    library.course("Colours of Yorùbá cloth", category="science")
    library.course("Cloth", category="business", description="Of all colours.")
    library.course("Zoology")
    draft = library.teacher.post("/api/courses", {"title": "Cloth of tomorrow"}).data
    assert titles(client, "/api/courses", search="cloth") == ["Cloth", "Colours of Yorùbá cloth"], "by storage"
    follow()
    publishing.begin()
    clock.advance(seconds=6)
    assert titles(client, "/api/courses", search="yoruba colors") == ["Colours of Yorùbá cloth"]
    assert titles(client, "/api/courses", search="clo") == ["Cloth", "Colours of Yorùbá cloth"], "while it is typed"
    assert titles(client, "/api/courses", search="color", category="business") == ["Cloth"]
    assert titles(client, "/api/courses", search="cloth", sort="-title") == ["Colours of Yorùbá cloth", "Cloth"]
    assert titles(client, "/api/courses", search="cloth", instructorId=library.student.user_id) == []
    first = client.get("/api/courses", {"search": "cloth", "limit": 1})
    cursor = first.pagination["nextCursor"]
    second = client.get("/api/courses", {"search": "cloth", "limit": 1, "cursor": cursor})
    assert [first.data[0]["title"], second.data[0]["title"]] == ["Cloth", "Colours of Yorùbá cloth"]
    own = {"search": "tomorrow", "status": "draft", "instructorId": library.teacher.user_id}
    assert [each["courseId"] for each in library.teacher.get("/api/courses", own).data] == [draft["courseId"]]
    library.course("Cloth and dye")
    follow()
    assert "Cloth and dye" in titles(client, "/api/courses", search="dye")


def publish(title: str, **more: Any) -> str:
    """Store a published item with its place in the list of everything."""
    content_id, now = ids.new_id(), time.now()
    facts: dict[str, Any] = {"content_id": content_id, "type": "document", "search_text": title.lower()}
    facts["published_at"] = now
    item: dict[str, Any] = {"owner_id": "o", "upload_id": "u", "state": "published", "file_name": "a.pdf"}
    subject = more.get("subject", "Art")
    shown = {
        "content_id": content_id,
        "title": title,
        "type": "document",
        "subject": subject,
        "grade_level": "200",
        "tags": [],
        "owner_id": "o",
        "files": [],
    }
    listing: dict[str, Any] = {"subject_key": subject.lower(), "grade_key": "200", "smallest_bytes": 100}
    listing |= {"summary": shown, "list_name": "all", "downloads": more.get("downloads", 0)}
    Unit().create(ContentItem(title=title, subject=subject, grade_level="200", **item, **facts)).commit()
    Unit().create(ContentListing(**listing, **facts)).commit()
    return content_id


def ids_of(client: Client, **query: Any) -> list[str]:
    reply = client.get("/api/content", query)
    assert reply.status == 200, reply.body
    return [each["contentId"] for each in reply.data]


def test_items_of_the_library_are_found_in_any_spelling(client: Client, follow: Feed, clock: Clock) -> None:
    cloth = publish("Colours of Yorùbá cloth", downloads=1)
    clock.advance(seconds=1)
    dye = publish("Dye", subject="Chemistry", downloads=5)
    assert ids_of(client, search="dye") == [dye], "by storage"
    follow()
    publishing.begin()
    clock.advance(seconds=6)
    assert ids_of(client, search="yoruba color") == [cloth]
    assert ids_of(client, search="yorba") == [cloth], "misspelt"
    assert ids_of(client, search="dye", subject="art") == []
    assert ids_of(client, search="dye", subject="CHEMISTRY", maxBytes=100) == [dye]
    clock.advance(seconds=1)
    more = publish("Dye of cloth", downloads=3)
    follow()
    assert ids_of(client, search="cloth", sort="popular") == [more, cloth]
    assert ids_of(client, search="cloth", sort="newest") == [more, cloth]
    item = ContentItem.require(content_id=more)
    item.state = "archived"
    Unit().replace(item).commit()
    clock.advance(seconds=1)
    follow()
    assert ids_of(client, search="cloth") == [cloth]
