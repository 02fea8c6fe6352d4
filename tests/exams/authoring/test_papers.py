"""Papers by a teacher alone: of a board's blueprint or of chosen questions; changed, published, listed, deleted."""

from typing import Any

import pytest

from tests.exams.conftest import Bank, Publisher, Running
from tests.support.clock import Clock
from tests.support.http import Client

NAMES = ("utme", "wassce-mathematics-1", "wassce-mathematics-2")


def chosen(bank: Bank, *counts: int) -> list[dict[str, Any]]:
    """Name questions of new topics, section by section."""
    sections = []
    for number, count in enumerate(counts):
        bank.topic(count)
        sections.append({"title": f"Part {number}", "questionIds": bank.ids[-count:]})
    return sections


def make(publisher: Publisher, sections: list[dict[str, Any]], **values: Any) -> Any:
    body = {"title": "Mock", "blueprint": {"sections": sections}, **values}
    return publisher.instructor.post("/api/papers/generate", body)


def test_boards_blueprints_ship_as_data(client: Client, clock: Clock) -> None:
    boards = client.as_("instructor").get("/api/blueprints").data["boards"]
    assert [each["blueprintId"] for each in boards] == list(NAMES)
    utme, first, second = boards
    assert (utme["durationSeconds"], [section["count"] for section in utme["sections"]]) == (7200, [60, 40, 40, 40])
    assert {section["scaleTo"] for section in utme["sections"]} == {"100"}
    assert (first["durationSeconds"], first["sections"][0]["count"], first["sections"][0]["marksEach"]) == (
        5400,
        50,
        "1",
    )
    assert (second["durationSeconds"], [each["count"] for each in second["sections"]]) == (9000, [5, 8])
    assert client.as_("student", "student").get("/api/blueprints").status == 403


def test_one_call_makes_a_draft_of_a_boards_blueprint(publisher: Publisher, bank: Bank) -> None:
    rubric = {"criteria": [{"id": "idea", "text": "idea", "points": "1"}]}
    topics = [[bank.topic(13, type="theory", content={}, key={"rubric": rubric})]] * 2
    body = {"title": "Mock", "blueprintId": "wassce-mathematics-2", "sectionTopics": topics}
    made = publisher.instructor.post("/api/papers/generate", body)
    assert (made.status, made.data["state"], made.data["maxScore"]) == (201, "draft", "100.00")
    assert (made.data["questionCount"], made.data["durationSeconds"]) == (13, 9000)
    for wrong, rule in (({"sectionTopics": topics[:1]}, "TOPICS_MISSING"), ({"sectionTopics": []}, "TOPICS_MISSING")):
        assert publisher.instructor.post("/api/papers/generate", {**body, **wrong}).error.fields == {rule}
    assert publisher.instructor.post("/api/papers/generate", {**body, "blueprintId": "none"}).status == 404
    assert publisher.instructor.post("/api/papers/generate", {"title": "x"}).error.fields == {"BLUEPRINT_MISSING"}


def test_an_own_blueprint_is_kept_and_used_by_its_owner_alone(publisher: Publisher, bank: Bank) -> None:
    body = {"title": "Mine", "durationSeconds": 1800, "sections": [{"title": "A", "count": 2, "marksEach": "2"}]}
    kept = publisher.instructor.post("/api/blueprints", body)
    assert kept.status == 201
    asked = {"title": "Mock", "blueprintId": kept.data["blueprintId"], "sectionTopics": [[bank.topic(4)]]}
    made = publisher.instructor.post("/api/papers/generate", asked).data
    assert (made["maxScore"], made["durationSeconds"]) == ("4.00", 1800)
    other = publisher.client.as_("other", "instructor")
    assert other.post("/api/papers/generate", asked).status == 404
    assert other.get("/api/blueprints").data["own"] == []
    assert [each["title"] for each in publisher.instructor.get("/api/blueprints").data["own"]] == ["Mine"]


def test_questions_are_chosen_by_section_and_stand_as_they_were_named(publisher: Publisher, bank: Bank) -> None:
    sections = chosen(bank, 3, 2)
    made = make(publisher, sections, rules={"shuffleQuestions": False})
    assert (made.status, made.data["questionCount"]) == (201, 5)
    shown = [(each["section"], each["questionId"]) for each in made.data["forms"][0]["questions"]]
    assert shown == [(number, name) for number, each in enumerate(sections) for name in each["questionIds"]]


def test_chosen_sections_stand_beside_drawn_ones_and_no_question_comes_twice(publisher: Publisher, bank: Bank) -> None:
    topic = bank.topic(4)
    named = bank.ids[-2:]
    sections = [{"title": "A", "questionIds": named}, {"title": "B", "topicIds": [topic], "count": 2}]
    names = [each["questionId"] for each in make(publisher, sections).data["forms"][0]["questions"]]
    assert sorted(names) == sorted(bank.ids[-4:])
    refused = make(publisher, [sections[0], {**sections[1], "count": 3}])
    assert (refused.status, "NOT_ENOUGH_QUESTIONS" in refused.error.fields) == (422, True)


@pytest.mark.parametrize(("change", "rule"), [
    ({"forms": 2}, "ONE_FORM"), ({"twice": True}, "QUESTION_TWICE"), ({"unknown": True}, "UNKNOWN_QUESTION"),
])  # fmt: skip
def test_chosen_questions_that_can_not_stand_so_are_refused(
    publisher: Publisher, bank: Bank, change: dict[str, Any], rule: str
) -> None:
    sections = chosen(bank, 2, 2)
    if "twice" in change:
        sections[1]["questionIds"] = sections[0]["questionIds"]
    if "unknown" in change:
        sections[0]["questionIds"] = ["nowhere"]
    refused = make(publisher, sections, **({"forms": 2} if "forms" in change else {}))
    assert (refused.status, refused.error.fields) == (422, {rule})


@pytest.mark.parametrize("section", [
    {"title": "A"}, {"title": "A", "count": 2}, {"title": "A", "topicIds": ["t"]},
    {"title": "A", "questionIds": ["q"], "topicIds": ["t"]}, {"title": "A", "questionIds": ["q"], "count": 2},
])  # fmt: skip
def test_a_section_says_where_its_questions_come_from(publisher: Publisher, section: dict[str, Any]) -> None:
    assert make(publisher, [section]).status == 400


def test_own_drafts_stand_in_own_papers_and_in_nobody_elses(publisher: Publisher, bank: Bank) -> None:
    bank.topic(2, status="draft", author_id=publisher.instructor.user_id)
    sections = [{"title": "A", "questionIds": bank.ids}]
    assert make(publisher, sections).status == 201
    other = publisher.client.as_("other", "instructor")
    refused = other.post("/api/papers/generate", {"title": "x", "blueprint": {"sections": sections}})
    assert refused.error.fields == {"UNKNOWN_QUESTION"}


def test_a_paper_is_changed_published_sat_read_and_deleted(publisher: Publisher, bank: Bank) -> None:
    made = make(publisher, chosen(bank, 2)).data
    path = f"/api/papers/{made['assessmentId']}"
    changed = publisher.instructor.put(path, {"blueprint": {"sections": chosen(bank, 1, 3)}, "published": True})
    assert (changed.status, changed.data["state"], changed.data["questionCount"]) == (200, "published", 4)
    student = publisher.client.as_("student", "student")
    running = Running(student, student.post("/api/exams/start", {"assessmentId": made["assessmentId"]}).data)
    assert running.submit().status == 200
    results = publisher.instructor.get(f"{path}/results").data["results"]
    assert [each["examId"] for each in results] == [running.id]
    other = publisher.client.as_("other", "instructor")
    for refused in (other.put(path, {"title": "x"}), other.delete(path), other.get(f"{path}/results")):
        assert refused.status == 404
    assert student.put(path, {"title": "x"}).status in {403, 404}
    assert publisher.instructor.delete(path).status == 200
    assert publisher.instructor.get(path).status == 404
    assert running.summary().status == 200


def test_papers_are_listed_for_their_owner_the_latest_first(publisher: Publisher, bank: Bank, clock: Clock) -> None:
    papers = []
    for number in range(3):
        clock.advance(seconds=1)
        papers.append(make(publisher, chosen(bank, 1), title=f"Paper {number}").data)
    publisher.test()
    publisher.instructor.delete(f"/api/papers/{papers[1]['assessmentId']}")
    shown = publisher.instructor.get("/api/papers")
    assert [each["title"] for each in shown.data] == ["Paper 2", "Paper 0"]
    assert shown.cost.operations == ["Query"]
    assert publisher.client.as_("other", "instructor").get("/api/papers").data == []


def test_a_second_form_goes_with_a_blueprint_of_one(publisher: Publisher, bank: Bank) -> None:
    topic = bank.topic(8)
    made = make(publisher, [{"title": "A", "topicIds": [topic], "count": 4}], forms=2).data
    path = f"/api/papers/{made['assessmentId']}"
    assert len(publisher.instructor.get(path).data["forms"]) == 2
    publisher.instructor.put(path, {"blueprint": {"sections": chosen(bank, 2)}})
    assert [form["form"] for form in publisher.instructor.get(path).data["forms"]] == ["A"]
