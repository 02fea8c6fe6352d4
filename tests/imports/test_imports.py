"""From a file to questions: opened, read, looked at, confirmed, written."""

import base64
import json

import pytest

from lyceum.kit import ids
from lyceum.kit.table import Unit, write_many
from lyceum.model.catalog import Topic
from lyceum.model.questions.question import AnswerKey, ModerationComment
from tests.imports.conftest import OPEN, TABLE, Importer
from tests.support.workers import deliver

from functions.imports import question_writer


def test_a_file_becomes_questions_after_a_look(importer: Importer) -> None:
    opened = importer.open()
    assert opened.status == 201 and opened.data["state"] == "uploaded"
    job_id = opened.data["jobId"]
    assert importer.arrive(job_id) == []
    shown = importer.shown(job_id)
    assert (shown["state"], shown["rows"]) == (
        "parsed",
        {"total": 3, "ready": 2, "duplicate": 0, "wrong": 1, "done": 0},
    )
    assert shown["columns"] == {"stem": "stem", "option_a": "a", "option_b": "b", "correct": "correct"}
    first, _, third = importer.rows(job_id)
    assert (first["row"], first["outcome"], first["question"]["correctOptionIds"]) == (2, "create", ["b"])
    assert (third["row"], third["outcome"], [problem["field"] for problem in third["problems"]]) == (
        4,
        "wrong",
        ["correct"],
    )
    assert importer.questions() == []
    confirmed = importer.confirm(job_id)
    assert (confirmed.status, confirmed.data["state"]) == (200, "confirmed")
    importer.run(job_id)
    done = importer.shown(job_id)
    assert (done["state"], done["percent"], done["questionsWritten"], done["rows"]["done"]) == ("completed", 100, 2, 3)
    (gas, planet) = importer.questions()
    assert (gas.stem, planet.stem) == ("Which gas do plants take in?", "Which planet is the largest?")
    assert gas.author_id == importer.moderator.user_id
    key = AnswerKey.require(question_id=gas.question_id, revision=1)
    (right,) = [option["id"] for option in gas.content["options"] if option["text"] == "Carbon dioxide"]
    assert key.key == {"correct_option_ids": [right]}


def test_an_import_that_is_approved_by_another_moderator_enters_the_bank(importer: Importer) -> None:
    job_id = importer.parsed()
    own = importer.confirm(job_id, approve=True)
    assert (own.status, own.error.fields) == (422, {"OWN_IMPORT"})
    other = importer.client.as_("second", "moderator")
    assert importer.confirm(job_id, other, approve=True).data["approves"]
    importer.run(job_id)
    questions = importer.questions("approved")
    assert [question.author_id for question in questions] == [importer.moderator.user_id] * 2
    comments = [
        ModerationComment.require(question_id=each.question_id, comment_id=each.question_id) for each in questions
    ]
    assert {(comment.moderator_id, comment.verdict) for comment in comments} == {(other.user_id, "approved")}
    told = [json.loads(entry["Detail"]) for entry in importer.told("question.approved")]
    assert {each["questionId"] for each in told} == {question.question_id for question in questions}
    assert {question.level for question in questions} == {100}
    assert deliver(importer.client.cloud, importer.client.tenant) == 0
    assert [each["type"] for each in other.get("/api/notifications").data] == ["import.completed"]
    assert importer.moderator.get("/api/notifications").data == []


def test_many_approved_rows_with_everything_fit_their_transactions(importer: Importer) -> None:
    table = "stem,correct\n" + "".join(f"Is {number} even?,{number % 2 == 0}\n" for number in range(15))
    job_id = importer.parsed(table, defaults={"topicId": importer.topic_id, "subject": "Mathematics"})
    importer.confirm(job_id, importer.client.as_("second", "moderator"), approve=True)
    importer.run(job_id)
    assert importer.shown(job_id)["questionsWritten"] == len(importer.questions("approved")) == 15


def test_a_tenants_owner_may_approve_what_they_imported(importer: Importer) -> None:
    owner = importer.client.as_("super_admin")
    asked = {"format": "csv", "fileName": "q.csv", "text": TABLE, "defaults": {"topicId": importer.topic_id}}
    job_id = owner.post(OPEN, asked).data["jobId"]
    importer.arrive(job_id)
    assert importer.confirm(job_id, owner, approve=True).status == 200


def test_duplicates_are_found_in_the_file_and_in_the_bank(importer: Importer) -> None:
    first = importer.parsed("stem,correct\nIs water wet?,true\n")
    importer.confirm(first)
    importer.run(first)
    assert deliver(importer.client.cloud, importer.client.tenant) == 0
    (known,) = importer.questions()
    job_id = importer.parsed("stem,correct\nIs  <i>water</i> wet?,true\nIs ice cold?,true\n<b>Is ice cold?</b>,true\n")
    rows = importer.rows(job_id)
    assert [row["outcome"] for row in rows] == ["duplicate", "create", "duplicate"]
    assert (rows[0]["duplicateOfQuestionId"], rows[2]["duplicateOfRow"]) == (known.question_id, 3)
    importer.confirm(job_id)
    importer.run(job_id)
    assert (len(importer.questions()), importer.shown(job_id)["rows"]["duplicate"]) == (2, 2)


def test_duplicates_are_written_when_they_are_wanted(importer: Importer) -> None:
    job_id = importer.parsed("stem,correct\nIs ice cold?,true\nIs ice cold?,true\n")
    assert importer.confirm(job_id, duplicates="create").data["takesDuplicates"]
    importer.run(job_id)
    assert len(importer.questions()) == importer.shown(job_id)["questionsWritten"] == 2


def test_a_text_that_left_the_bank_is_no_duplicate(importer: Importer) -> None:
    first = importer.parsed("stem,correct\nIs water wet?,true\n")
    importer.confirm(first)
    importer.run(first)
    deliver(importer.client.cloud, importer.client.tenant)
    (question,) = importer.questions()
    question.status = "retired"
    Unit().replace(question).commit()
    assert [row["outcome"] for row in importer.rows(importer.parsed("stem,correct\nIs water wet?,true\n"))] == [
        "create"
    ]


def test_rows_name_topics_by_id_or_by_title_within_the_course(importer: Importer) -> None:
    other = ids.new_id()
    write_many(
        [Topic(topic_id=other, course_id=importer.course_id, department_id="D", title="Cells & Tissue", order=2)]
    )
    topics = [other, "cells &  tissue", "", "Stars", ids.new_id()]
    table = "stem,correct,topic\n" + "".join(
        f"Is it so ({number})?,true,{topic}\n" for number, topic in enumerate(topics)
    )
    found = importer.rows(
        importer.parsed(table, defaults={"courseId": importer.course_id, "topicId": importer.topic_id})
    )
    assert [row["question"]["topicId"] for row in found[:3]] == [other, other, importer.topic_id]
    assert [[problem["field"] for problem in row["problems"]] for row in found[3:]] == [["topic"], ["topic"]]


def test_without_any_topic_every_row_is_wrong_and_nothing_can_be_confirmed(importer: Importer) -> None:
    job_id = importer.parsed("stem,correct\nIs ice cold?,true\n", defaults={})
    assert [problem["field"] for problem in importer.rows(job_id)[0]["problems"]] == ["topic"]
    refused = importer.confirm(job_id)
    assert (refused.status, refused.error.fields) == (422, {"NOTHING_TO_IMPORT"})


def test_defaults_hold_where_a_row_is_silent(importer: Importer) -> None:
    given = {
        "topicId": importer.topic_id,
        "difficulty": "hard",
        "marks": "2.5",
        "tags": ["past"],
        "year": 2019,
        "examBody": "WAEC",
        "source": "Paper 1",
    }
    first, second = importer.rows(
        importer.parsed("stem,correct,marks,year\nIs ice cold?,true,,\nIs fire hot?,true,1,2020\n", defaults=given)
    )
    assert {name: first["question"][name] for name in given} == given
    assert (second["question"]["marks"], second["question"]["year"], second["question"]["examBody"]) == (
        "1",
        2020,
        "WAEC",
    )


def test_the_declarations_problems_are_told_by_the_files_own_columns(importer: Importer) -> None:
    table = "stem,a,b,correct,year,difficulty,marks\nIs it?,same,same,a,1,very,1000\nNo,x," + "y" * 2001 + ",a,,,\n"
    first, second = importer.rows(importer.parsed(table))
    assert {problem["field"] for problem in first["problems"]} == {"option_a", "year", "difficulty", "marks"}
    assert {problem["field"] for problem in second["problems"]} == {"stem", "option_b"}


def test_moderators_are_told_how_it_ended(importer: Importer) -> None:
    job_id = importer.parsed()
    other = importer.client.as_("second", "moderator")
    importer.confirm(job_id, other)
    importer.run(job_id)
    broken = importer.open(None, kind="xlsx", base64=base64.b64encode(b"no workbook").decode()).data["jobId"]
    importer.arrive(broken)
    assert deliver(importer.client.cloud, importer.client.tenant) == 0
    (done,) = other.get("/api/notifications").data
    assert (done["type"], done["data"]["jobId"], done["data"]["questionsWritten"]) == ("import.completed", job_id, "2")
    (failed,) = [each for each in importer.moderator.get("/api/notifications").data if each["data"]["jobId"] == broken]
    assert (failed["type"], failed["data"]["reason"]) == ("import.failed", "The file is no zip archive.")
    shown = importer.shown(broken)
    assert (shown["state"], shown["reason"]) == ("failed", "The file is no zip archive.")


def defaults(importer: Importer) -> dict[str, str]:
    return {"topicId": importer.topic_id, "difficulty": "easy"}


def test_options_that_differ_by_case_alone_are_written(importer: Importer) -> None:
    text = "Which salt is blue? {=CoCl2 ~COCl2 ~COCL2}\n\nWhich is recessive? {=aa ~Aa ~AA}\n"
    job_id = importer.parsed(text, "gift", defaults=defaults(importer))
    importer.confirm(job_id)
    importer.run(job_id)
    assert importer.shown(job_id)["state"] == "completed"
    assert sorted(len(question.content["options"]) for question in importer.questions()) == [3, 3]


def test_a_fault_of_ours_while_writing_is_a_state_at_once(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = importer.parsed("Is it so? {T}\n", "gift", defaults=defaults(importer))

    def broken(*_: object) -> None:
        raise StopIteration

    monkeypatch.setattr(question_writer, "batches", broken)
    importer.confirm(job_id)
    importer.run(job_id)
    shown = importer.shown(job_id)
    assert shown["state"] == "failed" and "fault of ours" in shown["reason"]
    assert [told["DetailType"] for told in importer.told("import.failed")] == ["import.failed"]
