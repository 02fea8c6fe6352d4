"""Search analytics: counted, folded, and silent about what fewer than five people looked for."""

from lyceum.events.search import SearchResultOpened
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.search.embedded import publishing
from tests.search.conftest import Feed, Library
from tests.support.clock import Clock
from tests.support.http import Client

PATH = "/api/admin/search/analytics"


def asked(client: Client, people: int, words: str, times: int = 1) -> None:
    for number in range(people):
        for _ in range(times):
            assert client.as_(f"asker{number}", "student").get("/api/search", {"q": words}).status == 200


def test_queries_are_counted_once_five_people_asked_them(
    client: Client, library: Library, follow: Feed, queue: str
) -> None:
    library.course("Ecology of mangroves")
    follow()
    asked(client, 5, "Mangroves!")
    asked(client, 5, "mángroves", 1)
    asked(client, 4, "my own secret", 3)
    asked(client, 6, "zeppelins")
    client.get("/api/search", {"q": "zeppelins"})
    assert follow.drain(queue) == 29
    opened = SearchResultOpened(query="mangroves", result_type="course", result_id="c", place=1)
    Unit().create(OutboxItem.of(opened), opened).commit()
    follow()
    shown = client.as_("admin").get(PATH).data
    assert shown["period"] == "2027-01"
    assert [(each["query"], each["searches"], each["opened"]) for each in shown["top"]] == [
        ("mangroves", 10, 1), ("zeppelins", 7, 0),
    ]  # fmt: skip
    assert [(each["query"], each["empty"]) for each in shown["withoutResults"]] == [("zeppelins", 7)]
    assert (shown["searches"], shown["empty"], shown["opened"]) == (29, 19, 1)
    assert shown["top"][0]["clickThrough"] == 0.1
    assert client.as_("admin").get(PATH, {"period": "week"}).data["period"] == "2027-W02"
    for figures in follow.cloud.items(follow.tenant):
        if figures["kind"]["S"] == "search_figures" and figures.get("state", {}).get("S") == "shown":
            assert "people" not in figures, "who asked is forgotten as soon as it need not be known"


def test_figures_cost_two_requests_and_are_the_admins(client: Client, library: Library) -> None:
    reply = client.as_("admin").get(PATH)
    assert (reply.data["searches"], reply.cost.requests <= 4) == (0, True)
    assert library.moderator.get(PATH).status == 403


def test_who_asked_can_not_be_told_from_what_is_kept(client: Client, follow: Feed, queue: str) -> None:
    asked(client, 2, "something")
    follow.drain(queue)
    asker = client.as_("asker0", "student")
    stored = [item for item in follow.cloud.items(follow.tenant) if item["kind"]["S"] == "search_figures"]
    (found,) = [item for item in stored if item["period"]["S"] == "2027-01" and item["mark"]["S"] != "~"]
    assert len(found["people"]["SS"]) == 2
    assert asker.user_id not in str(stored) and "something" not in str(stored)


def test_words_are_kept_from_the_fifth_person_on_and_nobody_is_told_by_two_queries(
    client: Client, follow: Feed, queue: str
) -> None:
    asked(client, 4, "Zanzibar of class 3b")
    asked(client, 4, "something")
    follow.drain(queue)
    stored = [item for item in follow.cloud.items(follow.tenant) if item["kind"]["S"] == "search_figures"]
    assert "zanzibar" not in str(stored)
    of_queries = [set(item["people"]["SS"]) for item in stored if item["period"]["S"] == "2027-01" and "people" in item]
    assert [len(each) for each in of_queries] == [4, 4] and not of_queries[0] & of_queries[1]
    asked(client, 5, "something")
    follow.drain(queue)
    shown = client.as_("admin").get(PATH).data
    assert [(each["query"], each["searches"]) for each in shown["top"]] == [("something", 9)]


def test_a_search_is_answered_though_its_count_is_lost(client: Client, library: Library, follow: Feed) -> None:
    library.course("Ecology of mangroves")
    follow()
    assert client.get("/api/search", {"q": "mangroves"}).data["total"] == 1


def test_suggestions_are_queries_of_many_and_titles_never_what_few_looked_for(
    client: Client, library: Library, follow: Feed, queue: str, clock: Clock
) -> None:
    library.course("Mangroves and mudflats")
    library.course("Management", description="How to.")
    follow()
    asked(client, 5, "mangroves, mudflats")
    asked(client, 4, "mangroves private")
    follow.drain(queue)
    publishing.publish_changes()
    clock.advance(seconds=10)
    shown = client.get("/api/search/suggestions", {"q": "mang"}).data["suggestions"]
    assert shown[0] == {"text": "mangroves mudflats", "type": "query"}
    assert {each["text"] for each in shown} == {"mangroves mudflats", "Mangroves and mudflats"}
    assert client.get("/api/search/suggestions", {"q": "mangrvoes a"}).data["suggestions"][0]["type"] == "course"
    assert client.get("/api/search/suggestions", {"q": "zzz"}).data["suggestions"] == []
