"""Saving answers: one conditional write that is in the score or refused."""

import pytest

from lyceum.kit.settings import settings
from lyceum.rules.exams import answer_sheets
from tests.exams.conftest import Running, Start
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.threads import at_once
from tools.migrations.s0003_remembered_saves import STEP

ONE_MILLISECOND = {"milliseconds": 1}


def test_a_saved_answer_is_seen_on_every_device(running: Running) -> None:
    reply = running.answer(options="c", timeSpentSeconds=20)
    assert reply.data["savedAt"] == reply.data["serverNow"]
    assert running.show().data["questions"][0]["answer"] == {"optionIds": ["c"], "seq": 1}
    assert running.show().data["answeredCount"] == 1


def test_the_last_answer_wins_and_none_clears(running: Running) -> None:
    for options in ("a", "b", ""):
        assert running.answer(options=options).status == 200
    assert running.show().data["questions"][0]["answer"] == {"optionIds": [], "seq": 3}
    assert running.show().data["answeredCount"] == 0


def test_an_answer_costs_one_storage_request_saved_or_refused(running: Running) -> None:
    question = running.questions[0]
    replies = [
        running.answer(),
        running.answer(options="z"),
        running.answer(question_id="nothing"),
        running.answer(question, "c", seq=1),
    ]
    assert [reply.status for reply in replies] == [200, 422, 422, 409]
    assert [reply.cost.operations for reply in replies] == [["UpdateItem"]] * 4


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"question_id": "nothing"}, 422, "UNKNOWN_QUESTION"),
        ({"options": "z"}, 422, "UNKNOWN_OPTION"),
        ({"options": "ab"}, 422, "TOO_MANY_OPTIONS"),
    ],
)
def test_g3_what_is_not_in_the_paper_is_refused(
    running: Running, values: dict[str, str], status: int, code: str
) -> None:
    refused = running.answer(**values)
    assert (refused.status, refused.error.fields) == (status, {code})
    assert running.times_written == 0


def test_w2_a_replay_changes_nothing_and_gets_the_first_answer(running: Running, clock: Clock) -> None:
    first = running.answer(seq=5, operationId="op-1")
    clock.advance(seconds=90)
    again = running.answer(seq=5, operationId="op-1")
    assert again.status == 200
    assert again.data["savedAt"] == first.data["savedAt"]
    assert running.times_written == 1


def test_w2_saves_are_known_in_the_form_of_before_and_of_after_their_migration(
    running: Running, clock: Clock, cloud: Cloud
) -> None:
    given = [{"options": "c", "seq": 5, "operationId": "op-5"}, {"options": "a", "seq": 6}]
    first = []
    for values in given:
        first.append(running.answer(**values).data["savedAt"])
        clock.advance(seconds=1, milliseconds=7)
    block = answer_sheets.at(running.id, running.questions[0])
    table, key = settings().table, {"PK": {"S": block.pk}, "SK": {"S": block.sk}}
    for change in (STEP.back, STEP.forth):
        changed = change(cloud.dynamodb.get_item(TableName=table, Key=key)["Item"])
        assert changed
        cloud.dynamodb.put_item(TableName=table, Item=changed)
        again = [running.answer(**values) for values in given]
        assert [(reply.status, reply.data["savedAt"]) for reply in again] == [(200, saved) for saved in first]
        for other in ({**given[0], "options": "d"}, {**given[0], "operationId": "op-7"}, {**given[1], "options": "b"}):
            assert running.answer(**other).error.code == "STALE_ANSWER"


def test_w2_a_lower_sequence_never_overwrites_a_higher_one(running: Running) -> None:
    running.answer(options="c", seq=7, operationId="op-7")
    for seq, operation in ((6, "op-6"), (7, "other")):
        refused = running.answer(options="d", seq=seq, operationId=operation)
        assert (refused.status, refused.error.code) == (409, "STALE_ANSWER")
    assert running.show().data["questions"][0]["answer"] == {"optionIds": ["c"], "seq": 7}


def test_w2_of_racing_saves_the_highest_sequence_stands(running: Running) -> None:
    replies = at_once(*[lambda seq=seq: running.answer(options="abcd"[seq % 4], seq=seq) for seq in range(1, 9)])
    assert {reply.status for reply in replies} <= {200, 409}
    assert running.show().data["questions"][0]["answer"] == {"optionIds": ["a"], "seq": 8}


@pytest.mark.parametrize(
    ("moment", "status", "late"),
    [
        ("one before the deadline", 200, False),
        ("deadline", 200, False),
        ("one after the deadline", 200, True),
        ("closing", 200, True),
        ("after", 409, None),
    ],
)
def test_t2_the_deadline_and_the_grace(
    running: Running, clock: Clock, moment: str, status: int, late: bool | None
) -> None:
    clock.move_to(running.deadline if "deadline" in moment else running.closing)
    clock.advance(milliseconds={"one before the deadline": -1, "one after the deadline": 1, "after": 1}.get(moment, 0))
    reply = running.answer()
    assert reply.status == status
    if status == 200:
        assert reply.data["late"] is late
    else:
        assert reply.error.code == "SESSION_FINISHED"
        assert running.times_written == 0


def test_a_replay_after_the_end_still_gets_its_first_answer(running: Running, clock: Clock) -> None:
    running.answer(seq=1, operationId="op-1")
    running.submit()
    clock.advance(days=1)
    assert running.answer(seq=1, operationId="op-1").status == 200
    assert running.answer(seq=2, operationId="op-2").error.code == "SESSION_FINISHED"


def test_w6_nothing_changes_answers_after_the_end(running: Running) -> None:
    running.answer()
    running.submit()
    written = running.times_written
    refused = running.answer(options="c")
    assert (refused.status, refused.error.code) == (409, "SESSION_FINISHED")
    assert running.times_written == written


def test_l2_right_and_wrong_get_answers_of_one_shape_and_size(running: Running) -> None:
    right, wrong = (running.answer(running.questions[place], options) for place, options in ((0, "b"), (1, "a")))
    assert right.data.keys() == wrong.data.keys()
    assert len(str(right.data)) == len(str(wrong.data))
    assert right.cost.operations == wrong.cost.operations


def test_n1_forward_only_shows_the_current_question_alone(start: Start) -> None:
    running = start(navigation="forward_only", count=3)
    seen = []
    for position in range(3):
        state = running.show().data
        assert (state["position"], len(state["questions"])) == (position, 1)
        seen.append(state["questions"][0]["questionId"])
        assert running.answer(seen[-1], options="" if position == 1 else "b").status == 200
    assert len(set(seen)) == 3
    assert running.show().data["questions"] == []


def test_n1_forward_only_refuses_earlier_and_later_questions(start: Start) -> None:
    running = start(navigation="forward_only", count=3)
    first, second, third = running.sheet.answers.as_dict()
    by_place = sorted((first, second, third), key=lambda name: running.sheet.answers.as_dict()[name]["place"])
    assert running.answer(by_place[0]).status == 200
    earlier, later = running.answer(by_place[0], "c"), running.answer(by_place[2])
    assert (earlier.status, earlier.error.code) == (409, "QUESTION_CLOSED")
    assert (later.status, later.error.code) == (403, "QUESTION_NOT_OPEN")
    assert running.show().data["position"] == 1


def test_n1_parallel_answers_move_on_by_one(start: Start) -> None:
    running = start(navigation="forward_only", count=3)
    current = running.questions[0]
    replies = at_once(*[lambda: running.answer(current, seq=1, operationId="op") for _ in range(4)])
    assert {reply.status for reply in replies} == {200}
    assert running.show().data["position"] == 1


def test_t5_an_extension_takes_effect_at_the_next_call(running: Running, clock: Clock) -> None:
    from datetime import timedelta

    from lyceum.kit.table import Unit

    longer = [getattr(running.session, name) + timedelta(minutes=10) for name in ("deadline_at", "closes_at")]
    for item in (running.session, *running.blocks):
        item.deadline_at, item.closes_at = longer
        Unit().replace(item).commit()
    clock.move_to(longer[0])
    assert running.answer().data["late"] is False
    assert len(running.show().data["questions"]) == 10
