"""The index itself: nothing forbidden is ever found, two writers, a rebuild, and how well it finds what is misspelt."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.values.text import without_accents
from lyceum.model.search import SearchBacklog
from lyceum.search import synonyms
from lyceum.search.documents import Document, key_of
from lyceum.search.embedded import change_log, publishing, replica, stored_index
from lyceum.search.embedded.index import TantivyIndex
from lyceum.search.filters import AllOf, Between, Not, OneOf
from lyceum.search.queries import Change, Search, latest
from tests.search import random_searches, real_questions
from tests.search.conftest import Feed, Library
from tests.support.clock import Clock


def test_random_searches_of_mixed_callers_show_nothing_forbidden(tmp_path: Path) -> None:
    shown, wrong = random_searches.fuzz(tmp_path, 300, seed=1)
    assert (shown > 500, wrong) == (True, [])


def test_what_is_found_is_what_the_filter_says(tmp_path: Path) -> None:
    made = random_searches.documents(200, 7)
    index = random_searches.filled(tmp_path, made)
    everybody = {token for each in made for token in each["seen_by"]}
    for first, last in ((2000, 2010), (2005, 2005)):
        wanted = AllOf((Between("year", first, last), Not(OneOf("subject", ("physics",)))))
        found = index.search(Search(tuple(everybody), filter=wanted, limit=200, now=random_searches.NOW))
        right = {
            key_of(each["kind"], each["item_id"])
            for each in made
            if each["seen_by"]
            and each["hidden_until"] <= random_searches.NOW
            and first <= each["numbers"]["year"] <= last
            and each["facets"]["subject"] != "physics"
        }
        assert {hit.key for hit in found.hits} == right
        assert found.total == len(right)


def plain(number: int, title: str) -> Change:
    document = Document("course", str(number), title)
    return Change(document.key, (1, 0), document.as_json())


def keys(index: TantivyIndex) -> dict[str, Any]:
    return {key_of(each["kind"], each["item_id"]): each for each in index.documents()}


def test_changes_in_any_order_and_twice_end_in_the_latest_state(tmp_path: Path) -> None:
    document = Document("course", "1", "Old").as_json()
    states = [
        Change("course:1", (1, 5), document),
        Change("course:1", (2, 4), {**document, "title": "New"}),
        Change("course:1", (2, 9), None),
        Change("course:1", (3, 1), {**document, "title": "Last"}),
    ]
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1, 3, 0]):
        assert latest(states[place] for place in order)["course:1"].document["title"] == "Last"  # type: ignore[index]
    gone = change_log.change_of("course", "1", None, 0, time.now())
    assert latest([gone, *states])["course:1"].document is None


def test_a_rebuilt_index_equals_the_live_one(library: Library, follow: Feed, clock: Clock, tenant: str) -> None:
    topic_id = library.topic()
    made = [library.question(topic_id, f"Question {number} of leaves") for number in range(4)]
    course_id = library.course("Ecology of mangroves")
    library.teacher.post(f"/api/courses/{course_id}/lessons", {"title": "Tides", "summary": "Twice a day."})
    follow()
    publishing.publish_changes()
    clock.advance(minutes=5)
    library.moderator.delete(f"/api/questions/{made[0]}")
    library.course("Knots")
    follow()
    publishing.publish_changes()
    clock.advance(minutes=5)
    live = keys(replica.of_tenant().index)
    assert len(live) == 8
    publishing.rebuild()
    replica.forget()
    assert keys(replica.of_tenant().index) == live


def test_of_two_writers_one_loses_and_nothing_is_lost(tenant: str, clock: Clock) -> None:
    change_log.append([plain(1, "First")])
    publishing.publish_changes()
    clock.advance(minutes=5)
    slow = replica.Replica()
    slow.look()
    change_log.append([plain(2, "Second")])
    while slow.read_log():
        pass
    slow.index.close()
    assert slow.manifest is not None
    meta, files, _ = stored_index.upload(slow.index.folder, slow.manifest.files)
    change_log.append([plain(3, "Third")])
    assert publishing.publish_changes() is not None
    with pytest.raises(stored_index.LostRace):
        stored_index.write_manifest(stored_index.Manifest("0", meta, files), slow.etag)
    clock.advance(minutes=5)
    assert set(keys(replica.of_tenant().index)) == {"course:1", "course:2", "course:3"}
    with pytest.raises(stored_index.LostRace):
        stored_index.write_manifest(stored_index.Manifest("0", meta, files), None)


def test_a_change_that_comes_while_the_log_is_published_keeps_the_backlog(
    tenant: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_log.append([plain(1, "First")])
    publishing.publish_changes()
    change_log.append([plain(2, "Second")])
    written = stored_index.write_manifest

    def late(*arguments: Any) -> str:
        change_log.append([plain(3, "Third")])
        return written(*arguments)

    monkeypatch.setattr(stored_index, "write_manifest", late)
    publishing.publish_changes()
    assert SearchBacklog.fetch() is not None
    assert "course:3" in keys(replica.of_tenant().index), "and it is found all the same"


def test_who_publishes_fetches_only_what_is_new(tenant: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    change_log.append([plain(1, "First")])
    publishing.begin()
    fetched = list[str]()
    original = stored_index._download

    def noted(path: Path, name: str) -> None:
        fetched.append(name)
        original(path, name)

    monkeypatch.setattr(stored_index, "_download", noted)
    for number in range(2, 5):
        change_log.append([plain(number, f"Number {number}")])
        clock.advance(minutes=1)
        assert publishing.publish_changes() is not None
        if number == 2:
            fetched.clear()
    assert fetched == []
    publishing.rebuild()
    change_log.append([plain(9, "Ninth")])
    clock.advance(minutes=1)
    publishing.publish_changes()
    clock.advance(minutes=1)
    assert "course:9" in keys(replica.of_tenant().index)


def test_files_that_are_listed_no_more_go_after_a_day(tenant: str, clock: Clock) -> None:
    change_log.append([plain(1, "First")])
    publishing.publish_changes()
    for day in range(3):
        clock.advance(hours=25)
        change_log.append([plain(day, f"Day {day}")])
        publishing.rebuild()
    found = stored_index.read_manifest()
    assert found is not None
    stored = clients.client("s3").list_objects_v2(Bucket=settings().bucket, Prefix=f"search/{tenant}/")["Contents"]
    names = {each["Key"].rpartition("/")[2] for each in stored} - {"manifest.json"}
    assert names == {*found[0].files.values(), *found[0].retired}
    assert len(found[0].retired) < 12, "only those of the last day"


def test_a_tenants_synonyms_hold_from_the_next_commit_on(tenant: str, clock: Clock) -> None:
    change_log.append([plain(1, "The garden")])
    synonyms.put([["ọgbà", "garden"]])
    publishing.begin()
    assert publishing.begin() is None
    assert replica.of_tenant().index.search(Search(("public",), "ogba")).total == 1
    with pytest.raises(ValueError, match="at most"):
        synonyms.put([["a", "b"]] * 501)


def test_replicas_of_tenants_that_nobody_asks_for_are_dropped_and_come_again(
    tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "_MOST_REPLICAS", 1)
    change_log.append([plain(1, "First")])
    folder = replica.of_tenant().index.folder
    with context.working(context.RequestContext("elsewhere")):
        assert replica.of_tenant().index.search(Search(("public",), "first")).total == 0
    assert not folder.exists()
    assert replica.of_tenant().index.search(Search(("public",), "first")).total == 1


@pytest.mark.skipif(not real_questions.QUESTIONS.exists(), reason="the questions of OpenTDB are not at hand")
def test_misspelt_words_find_real_questions(tmp_path: Path) -> None:
    texts = real_questions.texts()
    index = TantivyIndex(tmp_path, heap_bytes=64_000_000)
    index.add(Document("question", str(place), text[:160], text[160:]).as_json() for place, text in enumerate(texts))
    clean, misspelt, count = real_questions.recall(index, texts, 150, seed=5)
    assert (clean, misspelt >= 0.95, count > 100) == (1.0, True, True), misspelt


@pytest.mark.skipif(not real_questions.AFRIQA.exists(), reason="the questions of AfriQA are not at hand")
def test_marks_and_normal_forms_make_no_difference_to_real_questions(tmp_path: Path) -> None:
    rows = [
        json.loads(line)
        for path in sorted(real_questions.AFRIQA.glob("*.json"))
        for line in path.read_text().splitlines()[:60]
    ]
    texts = [row["question"] for row in rows]
    index = TantivyIndex(tmp_path)
    index.add(Document("question", str(place), text[:160], text[160:]).as_json() for place, text in enumerate(texts))
    for text in texts:
        forms = [text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text), without_accents(text)]
        found = [{hit.key for hit in index.search(Search(("public",), form, limit=50)).hits} for form in forms]
        assert found[0], text
        assert found[0] == found[1] == found[2] == found[3], text
