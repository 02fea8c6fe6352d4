"""Several answers in one call, each by itself, in the middle of a session and at its end (EXAM W8); replays (W2)."""

from datetime import timedelta
from typing import Any

from lyceum.kit import clock as clocks
from lyceum.rules.exams import answer_sheets
from tests.exams.conftest import Publisher, Running, Start
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once


def batch(running: Running, *answers: Any) -> Reply:
    return running.student.post(f"{running.path}/answers", {"answers": list(answers)})


def one(running: Running, place: int, option: str = "b", seq: int = 1, **values: Any) -> dict[str, Any]:
    return {"questionId": running.questions[place], "optionIds": [option], "seq": seq, **values}


MALFORMED = [
    {"optionIds": ["b"], "seq": 1},
    {"questionId": "q", "optionIds": "b", "seq": 1},
    {"questionId": "q", "optionIds": ["b"], "text": "b", "seq": 1},
    {"questionId": "q", "optionIds": ["b"], "seq": -1},
    {"questionId": "q", "seq": 1},
    {"questionId": 7},
    "nonsense",
    None,
]


def test_w8_one_bad_answer_stops_no_other_in_the_middle_of_a_session(running: Running) -> None:
    reply = batch(running, one(running, 0), *MALFORMED, one(running, 1, "z"), one(running, 2), one(running, 0, "a", 0))
    is_one_block = len({answer_sheets.block_of(running.id, running.questions[place]) for place in (0, 2)}) == 1
    assert reply.cost.operations == ["BatchGetItem", "PutItem" if is_one_block else "TransactWriteItems"]
    results = reply.data["results"]
    assert [each["saved"] for each in results] == [True, *[False] * 9, True, False]
    assert {each["code"] for each in results if not each["saved"]} == {"MALFORMED", "UNKNOWN_OPTION"}
    assert running.show().data["answeredCount"] == 2
    assert running.submit().data["score"] == "2.00"


def test_w8_one_bad_answer_stops_no_other_at_the_end(publisher: Publisher) -> None:
    running = publisher.begin(publisher.test(2))
    path = f"/api/practice-tests/{running.state['assessmentId']}/submit"
    reply = running.student.post(path, {"answers": [one(running, 0), *MALFORMED, one(running, 1)]})
    assert (reply.status, reply.data["score"]) == (200, "2.00")
    assert [each["saved"] for each in reply.data["results"]] == [True, *[False] * 8, True]
    assert running.student.post(path, {"answers": [one(running, 0), *MALFORMED]}).data["results"][0]["saved"] is True


def test_w2_a_repeated_batch_gets_its_first_results(running: Running, clock: Clock) -> None:
    first = batch(running, one(running, 0), one(running, 1, seq=7)).data["results"]
    clock.advance(minutes=1)
    assert batch(running, one(running, 0), one(running, 1, seq=7)).data["results"] == first


def test_w8_a_sequence_may_be_any_number_that_json_holds(running: Running) -> None:
    largest = 2**53
    assert batch(running, one(running, 0, seq=largest)).data["results"][0] | {} and running.sheet
    assert running.student.post(f"{running.path}/answer", one(running, 1, seq=largest)).status == 200
    assert running.student.post(f"{running.path}/answer", one(running, 1, seq=largest + 1)).status == 400
    state = {each["questionId"]: each["answer"]["seq"] for each in running.show().data["questions"] if "answer" in each}
    assert set(state.values()) == {largest}


def test_w2_a_replay_of_an_answer_that_was_overwritten_gets_its_first_answer(running: Running, clock: Clock) -> None:
    path = f"{running.path}/answer"
    first = running.student.post(path, one(running, 0, "a", 1, operationId="op1"))
    clock.advance(minutes=1)
    assert running.student.post(path, one(running, 0, "b", 2, operationId="op2")).status == 200
    again = running.student.post(path, one(running, 0, "a", 1, operationId="op1"))
    assert (again.status, again.data["savedAt"], again.data["seq"]) == (200, first.data["savedAt"], 1)
    changed = running.student.post(path, one(running, 0, "c", 1, operationId="op1"))
    assert changed.error.code == "STALE_ANSWER"
    assert running.submit().data["score"] == "1.00"


def test_w2_a_replay_after_the_end_still_gets_its_first_answer(running: Running, clock: Clock) -> None:
    path = f"{running.path}/answer"
    running.student.post(path, one(running, 0, "a", 1))
    running.student.post(path, one(running, 0, "b", 2))
    running.submit()
    assert running.student.post(path, one(running, 0, "a", 1)).status == 200


def test_n1_a_batch_moves_a_forward_only_session_on_answer_by_answer(start: Start) -> None:
    running = start(navigation="forward_only")
    names = sorted(running.sheet.answers.as_dict(), key=lambda name: running.sheet.answers.as_dict()[name]["place"])
    given = [{"questionId": name, "optionIds": ["b"], "seq": 1} for name in (names[0], names[2], names[1])]
    results = batch(running, *given).data["results"]
    assert [each.get("code") for each in results] == [None, "QUESTION_NOT_OPEN", None]
    assert running.show().data["position"] == 2


def test_t2_a_batch_is_late_in_the_grace_and_refused_after_it(running: Running, clock: Clock) -> None:
    clock.move_to(running.deadline + timedelta(seconds=1))
    assert batch(running, one(running, 0)).data["results"][0]["late"] is True
    clock.move_to(running.closing + timedelta(seconds=1))
    refused = batch(running, one(running, 1))
    assert (refused.status, refused.error.code) == (409, "SESSION_FINISHED")


def test_w5_a_batch_beside_single_saves_loses_none(running: Running) -> None:
    replies = at_once(
        lambda: batch(running, one(running, 0), one(running, 1)),
        lambda: running.student.post(f"{running.path}/answer", one(running, 2)),
        lambda: batch(running, one(running, 3)),
    )
    assert {reply.status for reply in replies} == {200}
    assert running.submit().data["score"] == "4.00"


def test_a_batch_of_somebody_elses_session_is_not_found(running: Running, client: Client) -> None:
    other = client.as_("other", "student").post(f"{running.path}/answers", {"answers": [one(running, 0)]})
    assert other.status == 404
    assert clocks.now()
