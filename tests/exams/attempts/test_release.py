"""What may be seen when: instant feedback, results after the end, results after the window (EXAM L1, L2, L3)."""

import json
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from lyceum.kit.table import Unit
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.questions.statistics import SolvedQuestions
from lyceum.rules.exams import release
from tests.exams.conftest import CANARY, Publisher, Running, Start
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud

WINDOW = {"opensAt": "2027-01-11T08:00:00", "closesAt": "2027-01-11T12:00:00", "timeZone": "UTC"}


def ask(running: Running, question_id: str | None = None) -> Any:
    return running.student.get(f"{running.path}/feedback/{question_id or running.questions[0]}")


@pytest.mark.parametrize(
    ("feedback", "phase"), [*product(["at_once", "after_submit", "after_window"], ["running", "open", "closed"])]
)
def test_l3_the_matrix(feedback: str, phase: str, clock: Clock) -> None:
    closed_from = clock.at + (timedelta(hours=1) if phase == "open" else -timedelta(hours=1))
    session = ExamSession(
        policy={"feedback": feedback}, state="running" if phase == "running" else "finished", closed_from=closed_from
    )
    everything = {"response", "marks", "correctness", "key", "feedback"}
    hidden = {("after_submit", "running"), ("after_window", "running"), ("after_window", "open")}
    assert release.shown(session, clock.at) == ({"response"} if (feedback, phase) in hidden else everything)


def test_instant_feedback_shows_one_answer_which_stands_from_then_on(start: Start) -> None:
    running = start(feedback="at_once", mode="practice")
    running.answer(options="a", timeSpentSeconds=12)
    shown = ask(running)
    assert (shown.data["outcome"], shown.data["correctOptionIds"], shown.data["optionIds"]) == ("wrong", ["b"], ["a"])
    assert shown.data["explanation"].startswith(CANARY)
    assert (shown.data["score"], shown.data["maxScore"], shown.data["timeSpentSeconds"]) == ("0", "1", 12)
    better = running.answer()
    assert (better.status, better.error.code) == (409, "QUESTION_CLOSED")
    assert ask(running).data == shown.data
    assert shown.cost.operations == ["BatchGetItem", "UpdateItem", "BatchGetItem"]
    assert running.submit().data["score"] == "0.00"


def test_instant_feedback_is_for_answered_questions_of_ones_own_running_session(start: Start, client: Any) -> None:
    running = start(feedback="at_once", mode="practice")
    assert ask(running).error.code == "NOT_ANSWERED"
    assert ask(running, "nothing").error.fields == {"UNKNOWN_QUESTION"}
    running.answer()
    assert client.as_("eve", "student").get(f"{running.path}/feedback/{running.questions[0]}").status == 404
    running.submit()
    assert ask(running).error.code == "SESSION_FINISHED"


@pytest.mark.parametrize("feedback", ["after_submit", "after_window"])
def test_l1_no_feedback_before_the_end_where_the_policy_withholds_it(start: Start, feedback: str) -> None:
    running = start(feedback=feedback)
    running.answer()
    refused = ask(running)
    assert (refused.status, refused.error.code) == (403, "FEEDBACK_WITHHELD")
    assert CANARY not in refused.body


def test_l1_l2_what_follows_from_a_result_waits_for_its_release(
    publisher: Publisher, clock: Clock, deliver: Any, swept: Any, cloud: Cloud, tenant: str
) -> None:
    test = publisher.test(
        rules={"feedback": "after_window", "window": WINDOW, "durationSeconds": 600, "graceSeconds": 0}
    )
    running = publisher.begin(test)
    running.answer()
    running.submit()
    topic_id = running.state["questions"][0]["topicId"]

    def known() -> tuple[int, bool]:
        workers.deliver(cloud, tenant)
        counted = running.student.get("/api/exams/analytics").data["overall"]["exams"]
        return counted, SolvedQuestions.fetch(
            user_id=running.student.user_id, topic_id=topic_id, consistent=True
        ) is not None

    assert known() == (0, False)
    clock.move_to(datetime(2027, 1, 11, 11, 59, tzinfo=UTC))
    swept()
    assert (known(), running.events("exam.released")) == ((0, False), [])
    clock.move_to(datetime(2027, 1, 11, 12, 1, tzinfo=UTC))
    for _ in range(2):
        swept()
    assert known() == (1, True)
    assert len(running.events("exam.released")) == 1
    assert (running.session.released_at, running.session.due_minute) == (clock.at, None)


def test_a_release_that_was_put_off_is_put_off(publisher: Publisher, clock: Clock, swept: Any) -> None:
    test = publisher.test(
        rules={"feedback": "after_window", "window": WINDOW, "durationSeconds": 600, "graceSeconds": 0}
    )
    running = publisher.begin(test)
    running.submit()
    session = running.session
    session.closed_from += timedelta(hours=1)
    Unit().replace(session).commit()
    clock.move_to(datetime(2027, 1, 11, 12, 30, tzinfo=UTC))
    swept()
    assert (running.session.released_at, running.session.due_minute) == (None, "2027-01-11T13:01")
    clock.move_to(datetime(2027, 1, 11, 13, 1, tzinfo=UTC))
    swept()
    assert running.session.released_at == clock.at


def test_l1_nothing_is_told_before_the_window_is_over(publisher: Publisher, clock: Clock, deliver: Any) -> None:
    test = publisher.test(
        rules={"feedback": "after_window", "window": WINDOW, "durationSeconds": 600, "graceSeconds": 0}
    )
    running = publisher.begin(test)
    running.answer()
    receipt = running.submit()
    deliver()
    result = running.summary()
    seen = [
        receipt,
        result,
        running.show(),
        running.student.get("/api/exams/history"),
        running.student.get(f"{running.path}/results"),
    ]
    for reply in seen:
        assert CANARY not in reply.body
        assert "correct" not in reply.body.lower()
        assert '"percent"' not in reply.body
    assert (receipt.data["resultFrom"], "score" in receipt.data) == ("2027-01-11T12:00:00.000Z", False)
    assert {tuple(sorted(question)) for question in result.data["questions"]} == {
        tuple(sorted(result.data["questions"][1]))
    } | {tuple(sorted(result.data["questions"][0]))}
    assert result.cost.operations == ["BatchGetItem"]
    (event,) = running.events("exam.completed")
    assert json.loads(event["Detail"])["isReleased"] is False
    clock.move_to(clock.at.replace(hour=12, minute=0, second=1))
    told = running.summary().data
    assert (told["score"], told["questions"][0]["correctOptionIds"]) == ("1.00", ["b"])
    assert running.student.get("/api/exams/history").data[0]["percent"] == "25.00"


def test_l2_before_the_release_right_and_wrong_give_results_of_one_shape(publisher: Publisher) -> None:
    test = publisher.test(rules={"feedback": "after_window", "window": WINDOW})
    shapes = []
    for name, options in (("ada", "b"), ("eve", "a")):
        running = publisher.begin(test, name)
        running.answer(options=options)
        running.submit()
        questions = {question["questionId"]: question for question in running.summary().data["questions"]}
        shapes.append(sorted(json.dumps(sorted(question)) for question in questions.values()))
    assert shapes[0] == shapes[1]


def test_the_paid_plan_sees_no_more(publisher: Publisher) -> None:
    from dataclasses import replace

    running = publisher.begin(publisher.test(rules={"feedback": "after_window", "window": WINDOW}))
    running.submit()
    paying = replace(running.student, principal=replace(running.student.principal, tier="premium"))
    assert paying.get(f"{running.path}/summary").data["questions"] == running.summary().data["questions"]
