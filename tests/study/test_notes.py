"""Notes and bookmarks: their owner's alone, merged part by part, and silent while an exam keeps a question secret."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.study.notes import NoteCount
from tests.study.conftest import Student, Syllabus, question
from tests.support.clock import Clock
from tests.support.http import Client

from functions.study.notes import merging

NOTES = "/api/notes"


@pytest.fixture
def asked(tenant: str) -> str:
    """An approved question."""
    name = ids.new_id()
    Unit().put(question(name)).commit()
    return name


def write(student: Student, **values: Any) -> dict[str, Any]:
    reply = student.client.post(NOTES, {"text": "<p>Add twice.</p>", **values})
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.data
    return made


def fields(note: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a note as a device keeps them."""
    return {name: note[name] for name in ("kind", "title", "text", "tags", "isDone") if name in note}


def test_notes_are_listed_by_what_they_are_about_and_by_kind(
    student: Student, asked: str, syllabus: Syllabus, clock: Clock
) -> None:
    topic_id = syllabus.topic_ids[0]
    first = write(student, questionId=asked, tags=["sums"])
    clock.advance(seconds=1)
    second = write(student, topicId=topic_id, kind="todo", text="Read on. <script>alert(1)</script>")
    assert "script" not in second["text"]
    everything = student.client.get(NOTES)
    assert [note["noteId"] for note in everything.data] == [second["noteId"], first["noteId"]]
    assert everything.cost.requests == 2

    def found(**query: Any) -> list[str]:
        return [note["noteId"] for note in student.client.get(NOTES, query).data]

    assert found(questionId=asked) == [first["noteId"]]
    assert found(topicId=topic_id) == found(kind="todo") == [second["noteId"]]
    assert found(tag="sums") == [first["noteId"]]
    assert found(isDone="true") == []
    assert student.client.get(NOTES, {"questionId": asked, "topicId": topic_id}).status == 400


@pytest.mark.parametrize("about", ["questionId", "topicId", "lessonId"])
def test_a_note_is_about_something_that_there_is(student: Student, about: str) -> None:
    assert student.client.post(NOTES, {"text": "x", about: ids.new_id()}).status == 404


def test_a_note_is_about_one_thing(student: Student, asked: str) -> None:
    assert student.client.post(NOTES, {"text": "x"}).status == 400
    assert student.client.post(NOTES, {"text": "x", "questionId": asked, "topicId": asked}).status == 400


def test_a_note_says_nothing_while_an_exam_keeps_its_question_secret(
    student: Student, asked: str, clock: Clock
) -> None:
    note = write(student, questionId=asked, title="The key is a", text="a!", tags=["a"])
    Unit().put(question(asked, embargoed_until=clocks.now() + timedelta(hours=1))).commit()
    (shown,) = student.client.get(NOTES).data
    assert shown["isWithheld"]
    assert {"title", "text", "tags"}.isdisjoint(shown)
    assert student.client.put(f"{NOTES}/{note['noteId']}", {"isDone": True}).status == 404
    assert student.client.post(NOTES, {"text": "x", "questionId": asked}).status == 404
    clock.advance(hours=2)
    assert student.client.get(NOTES).data[0]["text"] == "a!"


def test_a_stale_edit_is_refused_with_both_texts(student: Student, asked: str) -> None:
    note = write(student, questionId=asked)
    path = f"{NOTES}/{note['noteId']}"
    etag = student.client.put(path, {"text": "At home."}, If_Match='"1-0"').headers["ETag"]
    refused = student.client.put(path, {"text": "On the bus."}, If_Match='"1-0"')
    assert (refused.status, refused.error.code) == (409, "NOTE_CONFLICT")
    assert {detail["field"]: detail["message"] for detail in refused.error.details} == {
        "text.stored": "At home.",
        "text.yours": "On the bus.",
    }
    assert student.client.put(path, {"text": "On the bus."}, If_Match=etag).data["text"] == "On the bus."


def test_offline_edits_of_different_parts_are_merged(student: Student, asked: str) -> None:
    note = write(student, questionId=asked, title="Sums", tags=["one", "two"])
    path = f"{NOTES}/{note['noteId']}"
    student.client.put(path, {"text": "At home.", "tags": ["one", "two", "home"]})
    merged = student.client.put(
        path, {"title": "Adding", "tags": ["two", "bus"], "base": fields(note)}, If_Match='"1-0"'
    ).data
    assert (merged["title"], merged["text"], merged["tags"]) == ("Adding", "At home.", ["two", "home", "bus"])


def test_a_conflict_is_kept_as_a_copy_when_asked_for(student: Student, asked: str) -> None:
    note = write(student, questionId=asked)
    path = f"{NOTES}/{note['noteId']}"
    student.client.put(path, {"text": "At home."})
    edit = {"text": "On the bus.", "base": fields(note), "onConflict": "copy"}
    copied = student.client.put(path, edit, If_Match='"1-0"').data
    assert (copied["copyOf"], copied["text"]) == (note["noteId"], "On the bus.")
    assert {each["text"] for each in student.client.get(NOTES).data} == {"At home.", "On the bus."}


def test_a_hundred_notes_a_day_are_enough(student: Student, asked: str, clock: Clock) -> None:
    write(student, questionId=asked)
    day = clocks.now().date().isoformat()
    name = NoteCount.at(user_id=student.client.user_id, day=day)
    Unit().change(name, NoteCount.written.set(99)).commit()
    write(student, questionId=asked)
    refused = student.client.post(NOTES, {"text": "x", "questionId": asked})
    assert (refused.status, refused.error.code) == (429, "NOTE_LIMIT")
    clock.advance(hours=15)
    assert len(student.client.get(NOTES).data) == 2
    write(student, questionId=asked)


def test_notes_and_bookmarks_are_their_owners_alone(client: Client, student: Student, asked: str) -> None:
    note = write(student, questionId=asked)
    student.client.post("/api/bookmarks", {"questionId": asked})
    eve = client.as_("eve", "student")
    path = f"{NOTES}/{note['noteId']}"
    assert eve.put(path, {"text": "mine"}).status == eve.delete(path).status == 404
    assert eve.get(NOTES).data == eve.get("/api/bookmarks").data == []
    assert eve.delete(f"/api/bookmarks/{asked}").status == 404
    assert student.client.delete(path).data == {"id": note["noteId"]}
    assert student.client.delete(path).status == 404


def test_a_question_is_bookmarked_once_with_its_latest_mark(student: Student, asked: str) -> None:
    student.client.post("/api/bookmarks", {"questionId": asked})
    student.client.post("/api/bookmarks", {"questionId": asked, "mark": "difficult", "remark": "again"})
    listed = student.client.get("/api/bookmarks")
    assert [(each["mark"], each["remark"], each["topicId"]) for each in listed.data] == [
        ("difficult", "again", "topic")
    ]
    assert listed.cost.requests == 1
    assert student.client.get("/api/bookmarks", {"mark": "important"}).data == []
    assert student.client.post("/api/bookmarks", {"questionId": ids.new_id()}).status == 404
    assert student.client.delete(f"/api/bookmarks/{asked}").status == 200
    assert student.client.delete(f"/api/bookmarks/{asked}").status == 404


@pytest.mark.parametrize(
    ("stored", "edit", "parts", "conflicts"),
    [
        ({"text": "b"}, {"text": "b"}, {"text": "b"}, []),
        ({"text": "b"}, {"text": "a"}, {"text": "b"}, []),
        ({}, {"text": "c"}, {"text": "c"}, []),
        ({"text": "b"}, {"text": "c"}, {"text": "b"}, ["text"]),
        ({"is_done": True}, {"title": "t"}, {"is_done": True, "title": "t"}, []),
        ({"tags": ["x", "z"]}, {"tags": ["y"]}, {"tags": ["z", "y"]}, []),
    ],
)
def test_parts_are_merged_one_by_one(
    stored: dict[str, Any], edit: dict[str, Any], parts: dict[str, Any], conflicts: list[str]
) -> None:
    base = {"kind": "todo", "title": None, "text": "a", "tags": ["x"], "is_done": False}
    merged = merging.merge(base, {**base, **stored}, edit)
    assert merged.parts == {**base, **stored, **parts}
    assert merged.conflicts == conflicts
