"""The life of an item: described, processed, submitted, verified by another, published, archived, removed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.kit.table import Unit, find
from lyceum.model.content.library import ContentItem, ContentListing
from lyceum.model.content.uploads import Upload
from lyceum.model.users.account import User
from tests.content.conftest import SMALL, Library
from tests.content.pictures import picture
from tests.support.http import LAMBDA
from tests.support.threads import at_once
from tests.support.workers import deliver, record

from functions.content.events import retirement


def state(library: Library, content_id: str) -> str:
    return str(library.author.get(f"/api/content/{content_id}").data["state"])


def events(library: Library) -> list[str]:
    return [entry["DetailType"] for entry in library.client.cloud.outbox(library.client.tenant)]


def test_an_item_follows_its_file_whichever_comes_first(library: Library) -> None:
    upload_id = library.upload(SMALL)
    early = library.draft(upload_id)
    assert (early["state"], early["files"], early["type"]) == ("draft", [], "image")
    library.depot.process(upload_id)
    ready = library.author.get(f"/api/content/{early['contentId']}").data
    assert (ready["state"], [file["name"] for file in ready["files"]]) == ("ready", ["320"])
    late = library.upload(SMALL)
    library.depot.process(late)
    assert library.draft(late)["state"] == "ready"


def test_an_item_described_while_its_file_is_in_work_becomes_ready(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.content.processing import pipeline

    upload_id, made = library.upload(SMALL), []
    scan = pipeline.scan
    monkeypatch.setattr(pipeline, "scan", lambda *file: (made.append(library.draft(upload_id)), scan(*file)))
    assert library.depot.process(upload_id) == 0
    assert made[0]["state"] == "processing"
    assert state(library, made[0]["contentId"]) == "ready"


def test_a_refused_file_fails_its_item_with_the_reason(library: Library) -> None:
    upload_id = library.upload(b"MZ" + b"\0" * 100)
    content_id = library.draft(upload_id)["contentId"]
    library.depot.process(upload_id)
    shown = library.author.get(f"/api/content/{content_id}").data
    assert (shown["state"], shown["reason"]) == ("failed", "The file was announced as image/jpeg but it is a program.")
    refused = library.author.post(
        "/api/content", {"uploadId": upload_id, "title": "x", "subject": "y", "gradeLevel": "z"}
    )
    assert (refused.status, refused.error.fields) == (422, {"FILE_NOT_USABLE"})


def test_an_upload_belongs_to_its_sender_and_to_one_item(library: Library) -> None:
    upload_id = library.upload(SMALL)
    fields = {"uploadId": upload_id, "title": "x", "subject": "y", "gradeLevel": "z"}
    assert library.verifier.post("/api/content", fields).status == 404
    library.draft(upload_id)
    assert library.author.post("/api/content", fields).status == 409
    assert library.author.delete(f"/api/uploads/{upload_id}").error.code == "IN_USE"
    avatar = library.depot.slot(SMALL, purpose="avatar")["uploadId"]
    assert library.author.post("/api/content", fields | {"uploadId": avatar}).status == 404
    assert (
        library.author.post("/api/content", fields | {"uploadId": library.upload(SMALL), "topicId": "0" * 26}).status
        == 404
    )


def test_of_items_made_at_once_one_gets_the_upload(library: Library) -> None:
    fields = {"uploadId": library.upload(SMALL), "title": "x", "subject": "y", "gradeLevel": "z"}
    replies = at_once(*[lambda: library.author.post("/api/content", fields).status] * 4)
    assert sorted(replies) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "a\nb"), ("subject", ""), ("subject", "a#b"), ("gradeLevel", "x" * 81),
        ("tags", ["x"] * 21), ("language", "english!"), ("state", "published"),
    ],
)  # fmt: skip
def test_malformed_items_name_the_field(library: Library, field: str, value: object) -> None:
    fields = {"uploadId": "0" * 26, "title": "x", "subject": "y", "gradeLevel": "z", field: value}
    refused = library.author.post("/api/content", fields)
    assert (refused.status, {name.partition("[")[0].partition(".")[0] for name in refused.error.fields}) == (
        400,
        {field},
    )


def test_another_instructor_verifies_and_an_admin_publishes(library: Library) -> None:
    content_id = library.ready()
    path = f"/api/content/{content_id}"
    assert library.verifier.get(path).status == 404
    assert library.verifier.post(f"{path}/submit").status == 404
    assert library.author.post(f"{path}/submit").data["state"] == "submitted"
    assert [item["contentId"] for item in library.verifier.get("/api/content", {"status": "submitted"}).data] == [
        content_id
    ]
    assert library.author.post(f"{path}/verify", {"decision": "approve"}).status == 403
    assert library.client.as_("admin").post(f"{path}/publish").error.code == "WRONG_STATE"
    assert library.verifier.post(f"{path}/verify", {"decision": "approve"}).data["state"] == "verified"
    assert library.client.get(path).status == library.client.as_("student").get(path).status == 404
    published = library.client.as_("admin").post(f"{path}/publish").data
    assert published["state"] == "published" and published["publishedAt"]
    assert library.client.get(path).data["contentId"] == content_id
    assert {"content.published", "content.processed"} <= set(events(library))


def test_a_rejection_needs_a_reason_that_the_owner_reads(library: Library) -> None:
    content_id = library.ready()
    path = f"/api/content/{content_id}"
    library.author.post(f"{path}/submit")
    assert library.verifier.post(f"{path}/verify", {"decision": "reject"}).status == 400
    library.verifier.post(f"{path}/verify", {"decision": "reject", "reason": "The labels are wrong."})
    shown = library.author.get(path).data
    assert (shown["state"], shown["reason"]) == ("rejected", "The labels are wrong.")
    assert "content.returned" in events(library)
    assert library.author.post(f"{path}/submit").data["state"] == "submitted"


def test_only_verified_instructors_judge(library: Library) -> None:
    content_id = library.ready()
    library.author.post(f"/api/content/{content_id}/submit")
    judge = library.verifier
    Unit().change(User.at(user_id=judge.user_id), User.is_verified.set(False)).commit()
    assert judge.post(f"/api/content/{content_id}/verify", {"decision": "approve"}).status == 403
    assert (
        library.client.as_("student").post(f"/api/content/{content_id}/verify", {"decision": "approve"}).status == 403
    )


def test_verdicts_at_once_settle_once(library: Library) -> None:
    content_id = library.ready()
    library.author.post(f"/api/content/{content_id}/submit")
    judges = [library.client.as_(f"judge{number}", "instructor") for number in range(4)]
    statuses = at_once(
        *[
            lambda judge=judge: judge.post(f"/api/content/{content_id}/verify", {"decision": "approve"}).status
            for judge in judges
        ]
    )
    assert sorted(statuses) == [200, 409, 409, 409]


def test_a_change_of_what_was_judged_takes_it_out_of_the_library(library: Library) -> None:
    content_id = library.published(tags=["cell"])
    path = f"/api/content/{content_id}"
    changed = library.author.patch(path, {"title": "Tissues", "subject": "Botany"}).data
    assert (changed["state"], changed["title"]) == ("ready", "Tissues")
    assert library.listed() == library.listed(subject="biology") == library.listed(subject="botany") == []
    assert find(ContentListing, list_name="all").items == []
    assert library.client.get(path).status == 404


def test_a_change_that_changes_nothing_keeps_an_item_published(library: Library) -> None:
    content_id = library.published()
    before = library.client.get(f"/api/content/{content_id}").headers["ETag"]
    assert library.author.patch(f"/api/content/{content_id}", {"title": "Cells"}).data["state"] == "published"
    assert library.client.get(f"/api/content/{content_id}").headers["ETag"] == before


def test_an_archived_item_comes_back_without_a_new_judgement(library: Library) -> None:
    content_id = library.published()
    path = f"/api/content/{content_id}"
    assert library.author.patch(path, {"archived": True}).data["state"] == "archived"
    assert library.listed() == [] and library.client.get(path).status == 404
    assert library.author.patch(path, {"archived": True}).status == 409
    assert library.author.patch(path, {"archived": False}).data["state"] == "published"
    assert library.listed() == ["Cells"]


def test_a_stale_change_is_refused(library: Library) -> None:
    content_id = library.ready()
    path = f"/api/content/{content_id}"
    etag = library.author.get(path).headers["ETag"]
    assert library.author.patch(path, {"title": "First"}, if_match=etag).status == 200
    assert library.author.patch(path, {"title": "Second"}, if_match=etag).status == 412
    assert library.verifier.patch(path, {"title": "Third"}).status == 404


def test_a_removed_item_is_gone_and_its_files_wait_for_their_end(library: Library) -> None:
    content_id = library.published()
    upload_id = library.client.get(f"/api/content/{content_id}").data["uploadId"]
    assert library.verifier.delete(f"/api/content/{content_id}").status == 404
    assert library.author.delete(f"/api/content/{content_id}").status == 200
    assert library.listed() == []
    for reader in (library.client, library.author, library.client.as_("admin")):
        assert reader.get(f"/api/content/{content_id}").status == 404
    (removed,) = [
        entry
        for entry in library.client.cloud.outbox(library.client.tenant)
        if entry["DetailType"] == "content.removed"
    ]
    for _ in range(2):
        assert retirement.handler({"Records": [record(removed), record(removed)]}, LAMBDA)["batchItemFailures"] == []
    assert library.depot.process(upload_id) == 0  # a message about the file that was late
    assert library.depot.places(upload_id) == {"retired"}
    assert Upload.require(upload_id=upload_id).state == "deleted"
    left = ContentItem.require(content_id=content_id)
    assert left.state == "deleted" and left.ttl


def test_a_moderator_removes_what_does_not_belong(library: Library) -> None:
    content_id = library.published()
    assert library.client.as_("moderator").delete(f"/api/content/{content_id}").status == 200
    assert library.listed() == []


def test_the_owner_sees_each_step_of_the_processing(library: Library) -> None:
    content_id = library.ready(picture(900, 600))
    reply = library.author.get(f"/api/content/{content_id}/processing")
    assert [step["name"] for step in reply.data["steps"]] == ["receive", "identify", "scan", "resize"]
    assert (reply.data["state"], reply.data["bytesOut"] > 0, reply.cost.operations) == (
        "ready",
        True,
        ["GetItem", "GetItem"],
    )
    assert library.verifier.get(f"/api/content/{content_id}/processing").status == 404


def test_costs_do_not_grow(library: Library) -> None:
    upload_id = library.upload(SMALL)
    made = library.author.post("/api/content", {"uploadId": upload_id, "title": "x", "subject": "y", "gradeLevel": "z"})
    path = f"/api/content/{made.data['contentId']}"
    library.depot.process(upload_id)
    costs: dict[str, list[str]] = {"create": made.cost.operations, "show": library.author.get(path).cost.operations}
    costs["submit"] = library.author.post(f"{path}/submit").cost.operations
    costs["verify"] = library.verifier.post(f"{path}/verify", {"decision": "approve"}).cost.operations
    costs["publish"] = library.client.as_("admin").post(f"{path}/publish").cost.operations
    costs["delete"] = library.author.delete(path).cost.operations
    assert costs == {
        "create": ["GetItem", "TransactWriteItems"], "show": ["BatchGetItem"], "submit": ["GetItem", "PutItem"],
        "verify": ["BatchGetItem", "TransactWriteItems"],
        "publish": ["BatchGetItem", "GetItem", "GetItem", "TransactWriteItems"],
        "delete": ["GetItem", "TransactWriteItems"],
    }  # fmt: skip


def test_what_may_be_cached_by_whom(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2027, 1, 11, 9, tzinfo=UTC)  # without a content network an address is another one each second
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: at)
    path = f"/api/content/{library.published()}"
    for place in (path, "/api/content"):
        public, own = library.client.get(place), library.author.get(place)
        assert public.headers["Cache-Control"].startswith("public, max-age=60")
        assert own.headers["Cache-Control"] == "private, no-cache"
        assert library.client.get(place, None, if_none_match=public.headers["ETag"]).status == 304
    assert library.author.get("/api/content", {"mine": "true"}).headers["Cache-Control"] == "private, no-cache"


def told(library: Library, name: str) -> list[dict[str, Any]]:
    return [
        json.loads(entry["Detail"])
        for entry in library.client.cloud.outbox(library.client.tenant)
        if entry["DetailType"] == name
    ]


def test_the_event_of_a_file_names_its_item(library: Library) -> None:
    content_id = library.ready()
    assert [event["contentId"] for event in told(library, "content.processed")] == [content_id]


def test_the_owner_is_told_of_each_turn(library: Library) -> None:
    library.published()
    library.depot.process(library.upload(b"MZ" + b"\0" * 100))
    assert deliver(library.client.cloud, library.client.tenant) == 0
    messages = library.author.get("/api/notifications").data
    assert {message["type"] for message in messages} >= {"content.published", "content.refused"}
    assert next(message["body"] for message in messages if message["type"] == "content.refused").endswith(
        "but it is a program."
    )
