"""Imports by instructors: their rows become drafts of their own, and nobody else's business but moderators'."""

import json

from lyceum.model.questions.question import Question
from tests.imports.conftest import OPEN, TABLE, Importer


def opened(importer: Importer, who: str = "teacher") -> str:
    """Let an instructor send the table, and have it read."""
    asked = {"format": "csv", "fileName": "own.csv", "text": TABLE, "defaults": {"topicId": importer.topic_id}}
    job_id = str(importer.client.as_(who, "instructor").post(OPEN, asked).data["jobId"])
    assert importer.arrive(job_id) == []
    return job_id


def test_the_rows_of_an_instructor_become_own_drafts_that_nobody_is_asked_about(importer: Importer) -> None:
    teacher, job_id = importer.client.as_("teacher", "instructor"), opened(importer)
    assert len(teacher.get(importer.path(job_id, "/preview")).data) == 3
    assert importer.confirm(job_id, teacher, approve=True).error.fields == {"OWN_IMPORT"}
    assert importer.confirm(job_id, teacher).data["asDrafts"]
    importer.run(job_id)
    drafts = importer.questions("draft")
    assert [each.author_id for each in drafts] == [teacher.user_id] * 2
    assert (importer.questions("pending"), importer.told("question.submitted")) == ([], [])
    assert teacher.get(importer.path(job_id)).data["questionsWritten"] == 2
    mine = teacher.get("/api/questions", {"status": "draft", "authorId": teacher.user_id})
    assert {each["questionId"] for each in mine.data} == {each.question_id for each in drafts}
    handed_in = teacher.patch(f"/api/questions/{drafts[0].question_id}", {"isDraft": False})
    assert handed_in.data["status"] == "pending"
    asked = {"title": "Mock", "blueprint": {"sections": [{"title": "A", "questionIds": [drafts[1].question_id]}]}}
    assert teacher.post("/api/papers/generate", asked).status == 201


def test_instructors_see_their_own_imports_and_moderators_all(importer: Importer) -> None:
    mine, others, bank = opened(importer), opened(importer, "colleague"), importer.parsed()
    teacher, moderator = importer.client.as_("teacher"), importer.moderator
    assert [each["jobId"] for each in teacher.get("/api/admin/import/history").data] == [mine]
    assert [each["jobId"] for each in moderator.get("/api/admin/import/history").data] == [bank, others, mine]
    for job_id in (others, bank):
        for part in ("", "/preview", "/errors"):
            assert teacher.get(importer.path(job_id, part)).status == 404
        assert importer.confirm(job_id, teacher).status == 404
    assert moderator.get(importer.path(mine, "/preview")).status == 200
    assert importer.client.as_("student").get("/api/admin/import/history").status == 403
    assert teacher.get("/api/admin/import/template").status == 200


def test_a_moderator_may_let_an_instructors_import_into_the_bank(importer: Importer) -> None:
    job_id = opened(importer)
    assert importer.confirm(job_id, approve=True).status == 200
    importer.run(job_id)
    approved = importer.questions("approved")
    assert {each.author_id for each in approved} == {importer.client.as_("teacher").user_id}
    told = [json.loads(entry["Detail"])["questionId"] for entry in importer.told("question.approved")]
    assert sorted(told) == sorted(each.question_id for each in approved)
    assert all(Question.require(question_id=name).status == "approved" for name in told)
