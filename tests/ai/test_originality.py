"""Passages that texts share."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ai.conftest import School

from functions.ai.originality import winnowing
from functions.ai.originality.winnowing import GUARANTEED, covered, prints, shared, without_quotations

COPIED = "The water cycle begins where the sun warms the sea, and vapour rises until it cools into clouds above land."
OWN = "In my own words: rivers carry rain back to where it came from, which takes days or years."


@given(
    st.text("abcdefghij ", min_size=GUARANTEED * 2, max_size=120),
    st.text("klmnopqrst ", max_size=80),
    st.text("uvwxyz ", max_size=80),
)
def test_a_passage_of_the_guaranteed_length_is_always_found(common: str, before: str, after: str) -> None:
    letters = [each for each in common if each != " "]
    one, other = prints(before + common), prints(common + after)
    found = shared(one, other)
    if len(letters) >= GUARANTEED:
        assert found
        assert all(
            winnowing.prints(one.text[each.start : each.end]).letters
            == winnowing.prints(other.text[each.other_start : each.other_end]).letters
            for each in found
        )


def test_short_passages_case_accents_and_spaces() -> None:
    assert shared(prints("a short one"), prints("a short one")) == []
    (found,) = shared(prints(COPIED.upper()), prints(OWN + " " + COPIED.replace(" ", "  ")))
    assert found.start == 0
    assert found.letters == sum(each.isalnum() for each in COPIED)
    assert covered([found], prints(COPIED.upper())) == 1
    assert shared(prints(OWN), prints(COPIED)) == []


def test_quotations_and_what_the_task_says_do_not_count() -> None:
    quoted = f'As it is said: "{COPIED}" And so on.'
    assert len(without_quotations(quoted)) == len(quoted)
    assert shared(prints(without_quotations(quoted)), prints(COPIED)) == []
    assert shared(prints(COPIED), prints(COPIED), [prints(COPIED)]) == []
    assert without_quotations('an "open end') == 'an "open end'


@pytest.fixture
def essays(school: School) -> dict[str, Any]:
    made = school.teacher.post(
        "/api/assignments",
        {"courseId": school.course_id, "title": "Water", "points": "20", "dueAt": "2037-01-20T23:59:00"},
    ).data
    students = [school.student, school.client.as_("eve", "student"), school.client.as_("ben", "student")]
    for someone in students[1:]:
        someone.post(f"/api/courses/{school.course_id}/enroll")
    for someone, text in zip(students, (f"{OWN} {COPIED}", f"{COPIED} I agree.", OWN[:60] * 3), strict=True):
        reply = someone.post("/api/assignments/submit", {"assignmentId": made["assignmentId"], "text": text})
        assert reply.status < 300, reply.body
    return {"id": made["assignmentId"], "students": students}


def test_a_submission_beside_its_class(school: School, essays: dict[str, Any]) -> None:
    rows = school.teacher.get(f"/api/assignments/{essays['id']}/submissions").data
    mine = next(row["submissionId"] for row in rows if row["student"]["userId"] == essays["students"][1].user_id)
    reply = school.teacher.post("/api/ai/check-plagiarism", {"assignmentId": essays["id"], "submissionId": mine})
    found = reply.data
    assert len(reply.cost.operations) <= 7
    assert found["compared"] == 2
    assert found["share"] > 0.8
    (match,) = found["matches"]
    assert match["kind"] == "submission"
    assert "userId" not in match
    (passage,) = match["passages"]
    assert passage["text"].startswith("The water cycle")
    assert passage["otherText"].startswith("The water cycle")


def test_a_text_beside_the_class_and_who_may_not(school: School, essays: dict[str, Any]) -> None:
    path = "/api/ai/check-plagiarism"
    clean = school.teacher.post(path, {"assignmentId": essays["id"], "text": "x" * 60}).data
    assert (clean["share"], clean["matches"]) == (0, [])
    other = school.client.as_("colleague", "instructor")
    assert other.post(path, {"assignmentId": essays["id"], "text": "x" * 60}).error.code == "FORBIDDEN"
    assert school.teacher.post(path, {"assignmentId": "0" * 26, "text": "x" * 60}).error.code == "NOT_FOUND"
    missing = school.teacher.post(path, {"assignmentId": essays["id"], "submissionId": "0" * 26})
    assert missing.error.code == "NOT_FOUND"
    assert school.teacher.post(path, {"assignmentId": essays["id"]}).error.code == "VALIDATION_ERROR"
