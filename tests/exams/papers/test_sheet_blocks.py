"""Answer sheets in blocks: a save is paid by its own, and what ends, pauses or moves a session reaches all of them."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import ids
from lyceum.kit.table import batch_fetch
from lyceum.model.exams.sessions import AnswerSheet
from lyceum.rules.exams import answer_sheets
from tests.exams.attempts.test_devices import elsewhere
from tests.exams.conftest import Bank, Publisher, Running, Start
from tests.scale.item_sizes import size_of, write_units
from tests.support.http import Client
from tests.support.threads import at_once

COUNT = 40


@pytest.fixture
def long(start: Start, bank: Bank) -> Running:
    """A session of forty questions that may be answered in any order."""
    return start(topicIds=[bank.topic(COUNT)], count=COUNT)


def stored(running: Running) -> list[AnswerSheet]:
    found = batch_fetch(answer_sheets.names(running.id), consistent=True)
    return [each for each in found if isinstance(each, AnswerSheet)]


def one_of_each_block(running: Running) -> dict[int, str]:
    return {answer_sheets.block_of(running.id, name): name for name in running.questions}


@given(st.integers(1, 31))
def test_an_id_says_how_many_blocks_its_sheet_has(blocks: int) -> None:
    exam_id = answer_sheets.new_exam_id(blocks)
    assert (len(exam_id), answer_sheets.blocks_of(exam_id)) == (26, blocks)
    assert answer_sheets.blocks_of(ids.new_id()) == 1


@pytest.mark.parametrize(("questions", "blocks"), [(1, 1), (9, 1), (10, 2), (60, 12), (155, 31), (300, 31)])
def test_a_longer_paper_has_more_blocks_and_never_more_than_a_transaction_takes(questions: int, blocks: int) -> None:
    assert answer_sheets.blocks_for(questions) == blocks


def test_every_question_stands_in_the_block_that_its_id_names(long: Running) -> None:
    blocks = stored(long)
    assert [getattr(each, "block", 0) for each in blocks] == list(range(8))
    placed = {name: number for number, each in enumerate(blocks) for name in each.answers.as_dict()}
    assert placed == {name: answer_sheets.block_of(long.id, name) for name in long.questions}
    assert list(long.sheet.answers.as_dict()) == long.questions


def test_w3_a_save_writes_one_block_of_two_kilobytes_or_so(long: Running, client: Client) -> None:
    for question in long.questions:
        saved = long.answer(question)
        assert (saved.status, saved.cost.operations) == (200, ["UpdateItem"])
        client.cloud.published(client.tenant)
    sheets = [item for item in client.cloud.items(client.tenant) if item["SK"]["S"].startswith("SHEET")]
    units = [write_units(size_of(item)) for item in sheets]
    assert sum(units) / len(units) <= 2.5


@pytest.mark.parametrize("rules", [{"navigation": "forward_only"}, {"count": 9}])
def test_a_sheet_whose_order_matters_or_that_is_short_has_one_block(
    start: Start, bank: Bank, rules: dict[str, Any]
) -> None:
    running = start(topicIds=[bank.topic(12)], **{"count": 12, **rules})
    assert [type(each) for each in stored(running)] == [AnswerSheet]


def test_w5_a_save_of_any_block_that_races_the_end_is_in_the_score_or_refused(long: Running) -> None:
    names = list(one_of_each_block(long).values())[:4]
    saves = [lambda name=name: long.answer(name) for name in names]
    *replies, ended = at_once(*saves, long.submit)
    assert ended.status == 200
    scored = {row["question_id"]: row["response"] for row in long.marks.marks}
    for name, reply in zip(names, replies, strict=True):
        assert (reply.status, bool(scored[name])) in {(200, True), (409, False)}
    assert {each.state for each in stored(long)} == {"finished"}


def test_w6_no_block_takes_an_answer_after_the_end(long: Running) -> None:
    long.submit()
    for name in one_of_each_block(long).values():
        assert long.answer(name).error.code == "SESSION_FINISHED"


def test_v1_a_takeover_reaches_every_block(long: Running) -> None:
    phone = elsewhere(long)
    assert phone.student.post(f"{phone.path}/resume", {}).status == 200
    for name in one_of_each_block(long).values():
        assert long.answer(name).error.code == "LEASED_ELSEWHERE"
        assert phone.answer(name).status == 200


def test_w9_a_pause_and_its_end_reach_every_block(publisher: Publisher) -> None:
    running = publisher.begin(publisher.test(COUNT))
    for action, code in (("pause", "EXAM_PAUSED"), ("resume", "")):
        body = {"action": action, "reason": "The light went out."}
        reply = publisher.instructor.post(f"{running.path}/pause", body)
        assert reply.status == 200, reply.body
        for name in one_of_each_block(running).values():
            saved = running.answer(name)
            assert (saved.error.code if saved.status != 200 else "") == code
    assert {each.deadline_at for each in stored(running)} == {running.session.deadline_at}


def test_w8_a_batch_over_several_blocks_is_stored_at_once_and_once(long: Running) -> None:
    names = list(one_of_each_block(long).values())[:3]
    body = {"answers": [{"questionId": name, "optionIds": ["b"], "seq": 1} for name in names]}
    before = {getattr(each, "block", 0): each.version for each in stored(long)}
    first, again = (long.student.post(f"{long.path}/answers", body) for _ in range(2))
    assert [row["saved"] for row in first.data["results"]] == [True] * 3
    assert first.data["results"] == again.data["results"]
    written = {getattr(each, "block", 0) for each in stored(long) if each.version != before[getattr(each, "block", 0)]}
    assert written == {answer_sheets.block_of(long.id, name) for name in names}


def test_a_session_from_before_there_were_blocks_goes_on_with_one_item(start: Start, bank: Bank) -> None:
    with patch.object(answer_sheets, "blocks_for", lambda _questions: 1):
        running = start(topicIds=[bank.topic(COUNT)], count=COUNT)
    assert len(stored(running)) == 1
    for question in running.questions[:5]:
        assert running.answer(question).status == 200
    phone = elsewhere(running)
    assert phone.student.post(f"{phone.path}/resume", {}).data["answeredCount"] == 5
    assert phone.submit().status == 200
    assert sum(row["outcome"] != "blank" for row in running.summary().data["questions"]) == 5
