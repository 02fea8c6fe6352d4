"""Every type of question through a session: delivered without its key, answered in one write, scored and explained."""

import json
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.catalog import Topic
from lyceum.model.content.uploads import Upload
from lyceum.model.questions.question import AnswerKey
from lyceum.rules.questions.storage import items_of, stored
from lyceum.rules.questions.types import read_question
from tests.exams.conftest import Running, Start
from tests.rules.questions.samples import AUTHORED, SCORED, fields, responses, sample
from tests.support.clock import Clock

SENT = {"option_ids": "optionIds", "is_true": "isTrue", "file_ids": "fileIds", "option_id": "optionId"}
KEY_NAMES = ("correct", "tolerance", "accepted", '"pairs"', "rubric", "feedback", "explanation", "canary")


def sent(value: Any) -> Any:
    if isinstance(value, dict):
        return {SENT.get(name, name): sent(each) for name, each in value.items()}
    return value


@pytest.fixture
def running(start: Start, clock: Clock) -> Running:
    """A session with one question of each type."""
    topic = Topic(topic_id=ids.new_id(), course_id="C", department_id="D")
    items = []
    for kind in AUTHORED:
        question = read_question(fields(kind, topicId=topic.topic_id, marks=2, explanation=f"canary {kind}"))
        items += items_of(*stored(question, topic, question_id=ids.new_id(), author_id="A", status="approved"))
    write_many(items)
    return start(topicIds=[topic.topic_id], count=len(AUTHORED), negativeMarking="0.25")


def by_type(running: Running) -> dict[str, str]:
    return {question["type"]: question["questionId"] for question in running.state["questions"]}


def answer(running: Running, kind: str, response: dict[str, Any]) -> Any:
    running.seq += 1
    body = {"questionId": by_type(running)[kind], "seq": running.seq, **sent(response)}
    return running.student.post(f"{running.path}/answer", body)


def upload(running: Running, name: str, **values: Any) -> None:
    """Let a student have uploaded a file."""
    facts = {
        "purpose": "library",
        "file_name": "work.pdf",
        "content_type": "application/pdf",
        "size_bytes": 9,
        "key": name,
    }
    about = {"owner_id": running.student.user_id, "state": "ready", "expires_at": clocks.now(), **values}
    write_many([Upload(upload_id=name, **facts, **about)])


def test_a_practical_answer_names_files_that_are_there_and_ones_own(running: Running) -> None:
    upload(running, "f1")
    upload(running, "f2", owner_id="somebody")
    upload(running, "f3", state="rejected")
    for names in (["f2"], ["f3"], ["none"], ["f1", "none"]):
        refused = answer(running, "practical", {"file_ids": names})
        assert (refused.status, refused.error.fields) == (422, {"UNKNOWN_FILE"})
    body = {"questionId": by_type(running)["practical"], "fileIds": ["none"], "seq": 1}
    kept = running.student.post(f"{running.path}/answers", {"answers": [body]}).data["results"]
    assert kept[0]["code"] == "UNKNOWN_FILE"
    assert running.show().data["answeredCount"] == 0
    saved = answer(running, "practical", {"file_ids": ["f1"]})
    assert (saved.status, saved.cost.operations) == (200, ["TransactWriteItems", "BatchGetItem"])
    assert running.show().data["answeredCount"] == 1


def test_l1_no_key_is_delivered_with_any_type(running: Running) -> None:
    assert set(by_type(running)) == set(AUTHORED)
    shown = json.dumps(running.show().data["questions"])
    assert not [name for name in KEY_NAMES if name in shown]


@pytest.mark.parametrize("right", [True, False])
def test_each_type_is_saved_in_one_write_shown_again_and_scored(running: Running, right: bool) -> None:
    for kind in SCORED:
        key = AnswerKey.require(question_id=by_type(running)[kind], revision=1).key
        given = responses(kind, key)[0 if right else 1]
        reply = answer(running, kind, given)
        assert (reply.status, reply.cost.operations) == (200, ["UpdateItem"]), (kind, reply.body)
        shown = next(question["answer"] for question in running.show().data["questions"] if question["type"] == kind)
        assert shown == {**sent(given), "seq": running.seq}
    assert running.show().data["answeredCount"] == len(SCORED)
    running.submit()
    result = running.summary().data
    outcomes = {question["type"]: question["outcome"] for question in result["questions"]}
    assert outcomes == {kind: "blank" if kind not in SCORED else "right" if right else "wrong" for kind in AUTHORED}
    assert result["score"] == ("16.00" if right else "0.00")
    assert {question["type"]: question["explanation"] for question in result["questions"]} == {
        kind: f"canary {kind}" for kind in AUTHORED
    }
    cloze = next(question for question in result["questions"] if question["type"] == "cloze")
    gap = cloze["gaps"]["3"]
    assert (cloze["fills"]["3"]["optionId"] in gap["correctOptionIds"]) is right
    assert [option["text"] for option in gap["options"] if option["id"] in gap["correctOptionIds"]] == ["liquid"]


def test_g9_what_a_person_marks_is_pending_and_the_exam_neither_passed_nor_failed(running: Running) -> None:
    upload(running, "f1")
    for kind in ("theory", "practical"):
        assert answer(running, kind, sample(kind).right).status == 200
    running.submit()
    result = running.summary().data
    assert {question["type"] for question in result["questions"] if question["outcome"] == "pending"} == {
        "theory",
        "practical",
    }
    assert "passed" not in result


def test_g3_an_answer_of_another_type_is_refused_by_name_and_changes_nothing(running: Running) -> None:
    for kind in AUTHORED:
        other = sample("numeric" if kind != "numeric" else "short_text").right
        refused = answer(running, kind, other)
        assert (refused.status, refused.error.fields) == (422, {"WRONG_FORM"})
        assert "answered with" in refused.error.message
        assert refused.cost.operations == ["UpdateItem"]
    assert answer(running, "matching", {"matches": {"p1": "c9"}}).error.fields == {"UNKNOWN_OPTION"}
    assert answer(running, "practical", {"file_ids": ["a", "b", "c"]}).error.fields == {"TOO_MANY_OPTIONS"}
    assert running.times_written == 0


def test_an_emptied_answer_is_blank(running: Running) -> None:
    for kind, empty in {
        "short_text": {"text": ""},
        "ordering": {"order": []},
        "true_false": {"isTrue": None},
        "cloze": {"fills": {}},
    }.items():
        answer(running, kind, sample(kind).right)
        assert answer(running, kind, empty).status == 200
    assert running.show().data["answeredCount"] == 0
    running.submit()
    assert {question["outcome"] for question in running.summary().data["questions"]} == {"blank"}


@pytest.mark.parametrize("body", [{}, {"optionIds": ["a"], "text": "a"}, {"number": "ten"}, {"fills": {"1": {}}}])
def test_an_answer_in_no_form_or_in_two_can_not_be_read(running: Running, body: dict[str, Any]) -> None:
    refused = answer(running, "single", body)
    assert (refused.status, refused.error.code, refused.cost.requests) == (400, "VALIDATION_ERROR", 0)
