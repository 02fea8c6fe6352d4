"""Papers of own and shared questions that are not in the bank, by section, from the import to the results."""

from typing import Any

from tests.questions.conftest import Bank, bank, topic_id  # noqa: F401 - fixtures
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver


def paper(client: Client, who: str, *sections: list[str], **values: Any) -> Any:
    """Make a paper of named questions, section by section."""
    wanted = [{"title": f"Part {number}", "questionIds": names} for number, names in enumerate(sections)]
    body = {"title": "Mock", "blueprint": {"sections": wanted}, **values}
    return client.as_(who, "instructor").post("/api/papers/generate", body)


def test_own_and_shared_drafts_stand_in_own_papers(client: Client, bank: Bank) -> None:  # noqa: F811
    client.as_("colleague", "instructor")
    own = bank.write(isDraft=True, author="colleague")["questionId"]
    shared = bank.write(isDraft=True, isShared=True, stem="Shared?")["questionId"]
    secret = bank.write(isDraft=True, stem="Not shared?")["questionId"]
    made = paper(client, "colleague", [own], [shared])
    assert (made.status, made.data["state"]) == (201, "draft")
    (form,) = made.data["forms"]
    assert [each["questionId"] for each in form["questions"]] == [own, shared]
    assert form["questions"][1]["correctOptionIds"]
    assert paper(client, "colleague", [secret]).error.fields == {"UNKNOWN_QUESTION"}
    test = {"title": "T", "subject": "M", "gradeLevel": "SS3", "questionIds": [shared]}
    assert client.as_("colleague").post("/api/practice-tests", test).status == 201
    started = client.as_("student").post("/api/exams/start", {"mode": "practice", "questionIds": [shared]})
    assert started.error.fields == {"UNKNOWN_QUESTION"}


def test_a_shared_draft_is_seen_by_authors_without_its_key_and_by_nobody_else(
    client: Client,
    bank: Bank,  # noqa: F811
) -> None:
    shared = bank.write(isDraft=True, isShared=True)["questionId"]
    bank.write(isDraft=True, stem="Not shared?")
    path, colleague = f"/api/questions/{shared}", client.as_("colleague", "instructor")
    assert client.as_("instructor").get(path).data["isShared"]
    seen = colleague.get(path)
    assert seen.status == 200
    assert not {"correctOptionIds", "isShared", "explanation"} & seen.data.keys()
    query = {"status": "draft", "shared": "true"}
    assert [each["questionId"] for each in colleague.get("/api/questions", query).data] == [shared]
    assert colleague.get("/api/questions", {"status": "draft"}).status == 403
    assert colleague.get("/api/questions", {"status": "rejected", "shared": "true"}).status == 403
    student = client.as_("student")
    assert (student.get(path).status, student.get("/api/questions", query).status) == (404, 403)
    assert colleague.patch(path, {"stem": "Mine?"}).status == 404
    client.as_("instructor").patch(path, {"isShared": False})
    assert colleague.get(path).status == 404


def test_a_paper_of_drafts_is_edited_published_sat_read_and_deleted(
    client: Client,
    bank: Bank,  # noqa: F811
    clock: Clock,
) -> None:
    first, second, third = (bank.write(isDraft=True, stem=f"Draft {number}?")["questionId"] for number in range(3))
    teacher, student = client.as_("instructor"), client.as_("student")
    path = f"/api/papers/{paper(client, 'instructor', [first], [second]).data['assessmentId']}"
    sections = [{"title": "All", "questionIds": [first, third]}]
    changed = teacher.put(path, {"title": "Mock 2", "blueprint": {"sections": sections}, "published": True})
    assert (changed.status, changed.data["questionIds"], changed.data["state"]) == (200, [first, third], "published")
    assert [each["title"] for each in teacher.get("/api/papers").data] == ["Mock 2"]
    exam = student.post("/api/exams/start", {"assessmentId": changed.data["assessmentId"]}).data
    assert {each["questionId"] for each in exam["questions"]} == {first, third}
    student.post(f"/api/exams/{exam['examId']}/submit", {})
    assert deliver(client.cloud, client.tenant, only="exams") == 0
    results = teacher.get(f"{path}/results").data
    assert (results["distribution"]["attempts"], results["results"][0]["examId"]) == (1, exam["examId"])
    assert teacher.delete(path).status == 200
    assert (teacher.get(path).status, teacher.get("/api/papers").data) == (404, [])
