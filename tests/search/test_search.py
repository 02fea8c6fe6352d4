"""Searching everything: what is found, by whom, how soon, and what is found no more."""

import random
from collections.abc import Callable
from datetime import timedelta

from lyceum.kit.table import Unit
from lyceum.model.community.questions import HelpQuestion
from lyceum.model.questions.question import Question
from lyceum.search.embedded import publishing
from tests.search.conftest import Feed, Library
from tests.support.clock import Clock
from tests.support.http import Client

Found = Callable[..., list[str]]


def test_what_is_published_is_found_at_once_and_what_is_taken_back_no_more(
    client: Client, library: Library, follow: Feed, found: Found, clock: Clock
) -> None:
    draft = library.teacher.post("/api/courses", {"title": "Ecology of mangroves", "description": "Tides."}).data
    follow()
    assert found("mangroves") == []
    path = f"/api/courses/{draft['courseId']}"
    assert library.teacher.post(f"{path}/publish", {}).status == 200
    assert follow() == 1
    assert found("mangroves") == ["Ecology of mangroves"]
    assert found("tides", library.student) == ["Ecology of mangroves"]
    clock.advance(seconds=1)
    assert library.teacher.delete(path).status == 200
    follow()
    assert found("mangroves") == []


def test_a_search_costs_one_storage_request(client: Client, library: Library, follow: Feed) -> None:
    library.course("Ecology of mangroves")
    follow()
    for path, query in (("/api/search", {"q": "ecology"}), ("/api/search/questions", {"filter": "year:2015.."}),
                        ("/api/search/suggestions", {"q": "eco"})):  # fmt: skip
        reply = client.get(path, query)
        assert reply.status == 200, reply.body
        assert reply.cost.requests == 1, (path, reply.cost.operations)
    solved = library.student.get("/api/search/questions", {"solved": "false"})
    assert solved.cost.requests == 2, "one more for what the caller solved"


def test_topics_and_lessons_are_found_as_long_as_their_course_is_published(
    client: Client, library: Library, follow: Feed, found: Found, clock: Clock
) -> None:
    course_id = library.course("Coastal biology", code="BIO 201", level=200)
    topic = {"title": "Halophytes", "courseId": course_id, "order": 1}
    topic_id = library.teacher.post("/api/topics", topic).data["topicId"]
    lesson = {"title": "Roots that breathe", "summary": "Pneumatophores.", "body": "<p>Lenticels and aerenchyma.</p>"}
    path = f"/api/courses/{course_id}"
    closed = library.teacher.post(f"{path}/lessons", lesson).data["lessonId"]
    preview = {"title": "A walk", "isPreview": True, "body": "<p>Brackish water.</p>"}
    library.teacher.post(f"{path}/lessons", preview)
    follow()
    assert found("halophyte") == ["Halophytes"]
    assert found("pneumatophores") == ["Roots that breathe"]
    assert found("brackish") == ["A walk"]
    assert found("aerenchyma", library.teacher) == [], "the text of a lesson is its students'"
    assert set(found("bio201")) >= {"Coastal biology", "Halophytes"}
    clock.advance(seconds=1)
    assert library.teacher.post(f"{path}/publish", {"isPublished": False}).status == 200
    follow()
    assert [found(words) for words in ("halophyte", "pneumatophores", "brackish", "bio201")] == [[], [], [], []]
    clock.advance(seconds=1)
    library.teacher.post(f"{path}/publish", {})
    follow()
    assert found("pneumatophores") == ["Roots that breathe"]
    clock.advance(seconds=1)
    assert library.teacher.delete(f"{path}/lessons/{closed}").status == 200
    assert library.teacher.delete(f"/api/topics/{topic_id}").status == 200
    follow()
    assert [found("pneumatophores"), found("halophyte")] == [[], []]


def test_questions_are_found_when_they_are_approved_and_never_under_embargo(
    library: Library, follow: Feed, found: Found, clock: Clock
) -> None:
    topic_id = library.topic()
    question_id = library.question(topic_id, "Which gas do leaves take in?")
    follow()
    assert found("leaves") == ["Which gas do leaves take in?"]
    assert found("so it is", types="question") == [], "what explains the key is not indexed"
    question = Question.require(question_id=question_id)
    question.embargoed_until = clock.at + timedelta(hours=1)
    Unit().replace(question).commit()
    follow()
    for caller in (None, library.student, library.teacher, library.moderator, library.admin):
        assert found("leaves", caller) == []
    clock.advance(hours=1, seconds=1)
    assert found("leaves") == ["Which gas do leaves take in?"], "an embargo ends by itself"
    assert library.moderator.delete(f"/api/questions/{question_id}").status == 200
    follow()
    assert found("leaves") == []


def test_one_tenant_never_finds_what_is_anothers(client: Client, library: Library, follow: Feed, found: Found) -> None:
    library.course("Ecology of mangroves")
    follow()
    assert found("mangroves") == ["Ecology of mangroves"]
    other = client.of("elsewhere")
    assert other.get("/api/search", {"q": "mangroves"}).data["items"] == []
    assert other.get("/api/search/suggestions", {"q": "mang"}).data["suggestions"] == []


def test_questions_to_mentors_are_found_by_members_and_never_suggested(
    client: Client, library: Library, follow: Feed, found: Found
) -> None:
    asked = {"subject": "Biology", "title": "Why do mangroves stand on stilts?", "text": "<p>One sees roots.</p>"}
    question_id = library.student.post("/api/qa/questions", asked).data["question"]["questionId"]
    follow()
    assert found("stilts") == []
    assert found("roots", library.teacher) == ["Why do mangroves stand on stilts?"]
    (hit,) = library.teacher.get("/api/search", {"q": "stilts", "types": "help_question"}).data["items"]
    assert (hit["type"], hit["id"], hit["subject"]) == ("help_question", question_id, "Biology")
    assert library.student.user_id not in str(hit)
    assert library.teacher.get("/api/search/suggestions", {"q": "mang"}).data["suggestions"] == []
    assert found("stilts", client.of("elsewhere").as_("student")) == []
    held = HelpQuestion.require(question_id=question_id)
    held.held = [{"rule": "links", "text": "It has many links."}]
    Unit().save(held).commit()
    follow()
    assert found("stilts", library.teacher) == []


def test_results_are_shown_with_marks_facets_and_pages(client: Client, library: Library, follow: Feed) -> None:
    topic_id = library.topic()
    for number in range(5):
        subject = "Biology" if number % 2 else "Chemistry"
        library.question(topic_id, f"Is a <b>leaf</b> & its colour green, number {number}?", subject=subject)
    library.course("Leaf and root")
    follow()
    first = client.get("/api/search", {"q": "leaves color", "types": "question", "limit": 2}).data
    assert first["total"] == 5
    assert first["items"][0]["highlights"]["title"].startswith("Is a <mark>leaf</mark> &amp; its <mark>colour</mark>")
    assert first["facets"]["subject"] == [{"value": "chemistry", "count": 3}, {"value": "biology", "count": 2}]
    ids, cursor = [each["id"] for each in first["items"]], first["nextCursor"]
    while cursor:
        page = client.get(
            "/api/search", {"q": "leaves color", "types": "question", "limit": 2, "cursor": cursor}
        ).data  # fmt: skip
        ids += [each["id"] for each in page["items"]]
        cursor = page.get("nextCursor")
    assert len(ids) == len(set(ids)) == 5
    narrowed = client.get("/api/search", {"q": "leaf", "subject": "biology", "filter": "difficulty:easy"}).data
    assert narrowed["total"] == 2
    assert client.get("/api/search", {"q": "leaf", "types": "question,course"}).data["total"] == 6
    assert client.get("/api/search", {"q": "leaf", "types": "people"}).error.fields == {"types"}
    assert client.get("/api/search", {"q": " "}).status == 400
    assert client.get("/api/search", {"q": "leaf", "page": 60, "limit": 20}).status == 400


def test_a_newer_and_much_taken_course_ranks_before_an_equal_one(
    client: Client, library: Library, follow: Feed, found: Found, clock: Clock
) -> None:
    library.course("Knots and ropes")
    follow()
    clock.advance(days=500)
    newer = library.course("Knots and ropes", description="Anew.")
    follow()
    items = client.get("/api/search", {"q": "knots"}).data["items"]
    assert items[0]["id"] == newer
    assert items[0]["score"] > items[1]["score"]


def test_the_stored_index_takes_over_the_log_and_nothing_changes_for_who_searches(
    client: Client, library: Library, follow: Feed, found: Found, clock: Clock
) -> None:
    library.course("Ecology of mangroves")
    follow()
    before = publishing.publish_changes()
    assert before is not None
    assert before.documents == 1
    assert found("mangroves") == ["Ecology of mangroves"]
    assert publishing.publish_changes() is None, "nothing is left to do"
    clock.advance(minutes=10)
    course_id = library.course("Mangroves and mudflats")
    follow()
    assert len(found("mangroves")) == 2, "the log lies over the stored index"
    second = publishing.publish_changes()
    assert second is not None
    assert (second.documents, second.uploaded_bytes < 100_000) == (2, True)
    clock.advance(minutes=10)
    library.teacher.delete(f"/api/courses/{course_id}")
    follow()
    assert found("mangroves") == ["Ecology of mangroves"]
    publishing.publish_changes()
    clock.advance(minutes=10)
    assert found("mangroves") == ["Ecology of mangroves"]


def test_whatever_anybody_asks_nothing_is_shown_that_is_not_for_them(
    client: Client, library: Library, follow: Feed, clock: Clock
) -> None:
    topic_id = library.topic()
    seen = {library.question(topic_id, f"Shown leaf {number}?") for number in range(3)} | {library.course("Shown leaf")}
    hidden = {str(library.teacher.post("/api/courses", {"title": "Hidden leaf"}).data["courseId"])}
    hidden.add(str(library.story.question(library.teacher, topic_id).data["questionId"]))
    secret = library.question(topic_id, "Hidden leaf of an exam?")
    question = Question.require(question_id=secret)
    question.embargoed_until = clock.at + timedelta(days=1)
    Unit().replace(question).commit()
    retired = library.question(topic_id, "Hidden leaf that went?")
    follow()
    assert library.moderator.delete(f"/api/questions/{retired}").status == 200
    follow()
    hidden |= {secret, retired}
    publishing.begin()
    clock.advance(seconds=6)
    dice, shown = random.Random(3), set[str]()
    callers = (client, library.student, library.teacher, library.moderator, library.admin)
    words = ("leaf", "leav", "hidden", "hiden leaf", "shown", "what is", "exam leaf went")
    filters = ("", "difficulty:easy", "NOT year:2015", "marks>=0 OR attempts:0", "subject:* OR NOT subject:*")
    for _ in range(60):
        caller, text, wanted = dice.choice(callers), dice.choice(words), dice.choice(filters)
        for path, query in (
            ("/api/search", {"q": text, "filter": wanted}),
            ("/api/search/questions", {"filter": wanted, "sort": dice.choice(("createdAt", "-marks,createdAt"))}),
        ):
            shown |= {each["id"] for each in caller.get(path, query).data["items"]}
        suggested = caller.get("/api/search/suggestions", {"q": text}).data["suggestions"]
        shown |= {each["id"] for each in suggested if "id" in each}
        shown |= {each["courseId"] for each in caller.get("/api/courses", {"search": text}).data}
    assert shown & hidden == set()
    assert seen <= shown
