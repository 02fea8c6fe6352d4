"""Passages: who writes and sees them, what an edit does to their questions, and that draws take whole groups."""

from typing import Any

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.content.uploads import Upload
from lyceum.model.questions.passages import PassageRevision
from lyceum.model.questions.question import Question
from tests.questions.conftest import Bank
from tests.support.http import Client
from tests.support.threads import at_once

TEXT = {"title": "The river", "text": "<p>It was low that year.</p>"}


def passage(client: Client, **changes: Any) -> str:
    return str(client.as_("instructor").post("/api/passages", {**TEXT, **changes}).data["passageId"])


def upload(client: Client, purpose: str, content_type: str, owner: str = "instructor", state: str = "ready") -> str:
    now, upload_id = clocks.now(), ids.new_id()
    about: dict[str, Any] = {
        "file_name": "a",
        "content_type": content_type,
        "size_bytes": 9,
        "key": "k",
        "expires_at": now,
    }
    owner_id = client.as_(owner, "instructor").user_id
    write_many([Upload(upload_id=upload_id, owner_id=owner_id, purpose=purpose, state=state, due_at=now, **about)])
    return upload_id


def test_a_passage_is_a_text_a_picture_or_a_recording(client: Client, bank: Bank) -> None:
    instructor = client.as_("instructor")
    made = instructor.post("/api/passages", TEXT)
    assert (made.status, made.data["form"], made.data["revision"]) == (201, "text", 1)
    for purpose, kind, form in (
        ("question_image", "image/png", "picture"),
        ("question_recording", "audio/mpeg", "recording"),
    ):
        body = {"uploadId": upload(client, purpose, kind), "alternative": "A river."}
        assert instructor.post("/api/passages", body).data["form"] == form
        assert client.as_("student").get(f"/api/uploads/{body['uploadId']}").status == 200
    for wrong in (
        upload(client, "avatar", "image/png"),
        upload(client, "question_image", "image/png", owner="other"),
        upload(client, "question_image", "image/png", state="waiting"),
    ):
        assert instructor.post("/api/passages", {"uploadId": wrong}).error.fields == {"UPLOAD_NOT_READY"}
    assert instructor.post("/api/passages", {"title": "Nothing"}).status == 400
    assert client.as_("student").post("/api/passages", TEXT).status == 403


def test_a_passage_is_seen_as_its_questions_are(client: Client, bank: Bank) -> None:
    name = passage(client)
    path, student, other = f"/api/passages/{name}", client.as_("student"), client.as_("other", "instructor")
    assert [each.get(path).status for each in (student, other)] == [404, 404]
    question = bank.write(passageId=name)["questionId"]
    assert student.get(path).status == 404
    bank.approve(question)
    assert student.get(path).data["text"] == TEXT["text"]
    assert student.get(path).cost.requests == 2
    held = Question.require(question_id=question)
    held.embargoed_until = clocks.now().replace(year=2036)
    write_many([held])
    assert [each.get(path).status for each in (student, other)] == [404, 200]
    assert client.as_("moderator").get(path).status == 200


def test_only_who_owns_a_passage_asks_about_it_and_so_many_times(client: Client, bank: Bank) -> None:
    name = passage(client)
    other = client.as_("other", "instructor")
    assert other.post("/api/questions", bank.fields(passageId=name)).error.fields == {"UNKNOWN_PASSAGE"}
    unknown = bank.fields(passageId=ids.new_id())
    assert client.as_("instructor").post("/api/questions", unknown).error.fields == {"UNKNOWN_PASSAGE"}
    for number in range(24):
        bank.write(passageId=name, stem=f"Number {number}?")
    replies = at_once(
        *[
            lambda stem=stem: client.as_("instructor").post("/api/questions", bank.fields(passageId=name, stem=stem))
            for stem in ("One more?", "And another?")
        ]
    )
    assert sorted(reply.status for reply in replies) == [201, 422]
    assert {field for reply in replies if reply.status == 422 for field in reply.error.fields} == {"PASSAGE_FULL"}


def test_a_question_that_leaves_its_passage_makes_room(client: Client, bank: Bank) -> None:
    first, second = passage(client), passage(client)
    made = bank.approved(passageId=first)
    path = f"/api/questions/{made['questionId']}"
    assert client.as_("instructor").patch(path, {"passageId": second}).data["passageId"] == second
    bank.approve(made["questionId"])
    student = client.as_("student")
    assert [student.get(f"/api/passages/{each}").status for each in (first, second)] == [404, 200]
    assert "passageId" not in client.as_("instructor").patch(path, {"passageId": None}).data


def test_an_edit_makes_a_revision_and_its_questions_wait_again(client: Client, bank: Bank) -> None:
    name = passage(client)
    question = bank.approved(passageId=name)["questionId"]
    path, instructor = f"/api/passages/{name}", client.as_("instructor")
    etag = instructor.get(path).headers["ETag"]
    assert instructor.put(path, TEXT).data["revision"] == 1
    reply = instructor.put(path, {**TEXT, "text": "<p>It was high.</p>"}, if_match=etag)
    assert (reply.status, reply.data["revision"]) == (200, 2)
    assert PassageRevision.require(passage_id=name, revision=1).fields["text"] == TEXT["text"]
    assert Question.require(question_id=question).status == "pending"
    assert bank.listed() == []
    assert client.as_("student").get(path).status == 404
    assert bank.approve(question) == ["approved"]
    assert client.as_("student").get(path).data["revision"] == 2
    assert instructor.put(path, TEXT, if_match=etag).status == 412
    assert Question.require(question_id=question).status == "approved"
    assert client.as_("other", "instructor").put(path, TEXT).status == 403


def test_revisions_have_an_end(client: Client, bank: Bank, monkeypatch: Any) -> None:
    monkeypatch.setattr("functions.questions.passages.MOST_REVISIONS", 1)
    reply = client.as_("instructor").put(f"/api/passages/{passage(client)}", {"text": "<p>Another.</p>"})
    assert reply.error.fields == {"TOO_MANY_REVISIONS"}


def test_a_draw_takes_the_questions_of_a_passage_with_it_all_or_none(client: Client, bank: Bank) -> None:
    name = passage(client)
    group = {bank.approved(passageId=name, stem=f"Of the river {number}?")["questionId"] for number in range(3)}
    bank.write(passageId=name, stem="Not approved?")
    bank.fill(6)
    student, met = client.as_("student"), set()
    for number in range(12):
        query = {"topicId": bank.topic_id, "count": 4, "seed": f"seed-{number:04}"}
        drawn = student.get("/api/questions/random", query).data["questions"]
        of_group = [each for each in drawn if each["questionId"] in group]
        assert len(of_group) in {0, 3}
        assert {each["passage"]["text"] for each in of_group} <= {TEXT["text"]}
        places = [drawn.index(each) for each in of_group]
        assert places == list(range(places[0], places[0] + 3)) if places else True
        met.add(len(of_group))
    assert met == {0, 3}
    two = student.get("/api/questions/random", {"topicId": bank.topic_id, "count": 2, "again": True}).data
    assert not group & {each["questionId"] for each in two["questions"]}


def test_a_group_with_a_question_that_may_not_come_stays_away(client: Client, bank: Bank) -> None:
    name = passage(client)
    easy = bank.approved(passageId=name, stem="Easy one?", difficulty="easy")["questionId"]
    bank.approved(passageId=name, stem="Hard one?", difficulty="hard")
    singles = set(bank.fill(3, difficulty="easy"))
    query = {"topicId": bank.topic_id, "count": 3, "difficulty": "easy", "again": True}
    drawn = client.as_("student").get("/api/questions/random", query).data["questions"]
    assert {each["questionId"] for each in drawn} == singles
    short = client.as_("student").get("/api/questions/random", {**query, "count": 4})
    assert short.status == 422 or short.data["isShort"]
    assert easy not in singles
