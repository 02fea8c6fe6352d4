"""A clicker quiz from its start to its counts."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.kit import clock as time
from lyceum.model.devices import ClickerAnswers, ClickerQuiz
from tests.devices.conftest import Device, codes, join, joined
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

from functions.devices.quizzes import running

QUIZ = {"room": "R1", "title": "Sets", "questions": [{"label": "1", "choices": 4}, {"label": "2", "choices": 2}]}


def press(clicker: Device, quiz_id: str, *answers: tuple[int, str]) -> dict[str, Any]:
    readings = [{"kind": "answer", "quizId": quiz_id, "question": number, "choice": choice}
                for number, choice in answers]  # fmt: skip
    reply = clicker.send(readings=readings)
    assert reply.status == 200, reply.body
    told: dict[str, Any] = reply.data
    return told


def start(client: Client, **changes: Any) -> dict[str, Any]:
    reply = client.as_("instructor").post("/api/clicker-quizzes", {**QUIZ, **changes})
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.data
    return made


def test_a_quiz_is_told_answered_and_counted(client: Client, clock: Clock) -> None:
    clickers = [join(client, code) for code in codes(client, count=3)]
    elsewhere = joined(client, room="R2")
    joined(client, "smart_board")
    quiz = start(client)
    assert (quiz["clickers"], quiz["isOpen"]) == (3, True)
    for clicker in clickers:
        told = clicker.send().data
        (command,) = told["commands"]
        assert command["command"] == "open_quiz" and told["reportAfterSeconds"] == 1
        assert command["arguments"]["quizId"] == quiz["quizId"] and command["arguments"]["choices"] == [4, 2]
    press(clickers[0], quiz["quizId"], (1, "A"), (2, "B"))
    press(clickers[1], quiz["quizId"], (1, "A"))
    press(clickers[1], quiz["quizId"], (1, "C"))  # the last one counts
    press(clickers[2], quiz["quizId"], (1, "A"), (1, "D"))
    refused = press(clickers[2], quiz["quizId"], (2, "C"), (3, "A"))
    assert [each["reason"] for each in refused["ignored"]] == ["no_such_choice"] * 2
    assert press(elsewhere, quiz["quizId"], (1, "A"))["ignored"][0]["reason"] == "unknown_quiz"
    shown = client.as_("instructor").get(f"/api/clicker-quizzes/{quiz['quizId']}")
    assert shown.cost.operations.count("Query") <= 2
    first, second = shown.data["questions"]
    assert (first["counts"], first["answered"]) == ({"A": 1, "B": 0, "C": 1, "D": 1}, 3)
    assert (second["counts"], second["answered"]) == ({"A": 0, "B": 1}, 1)
    by_device = {each["deviceId"]: each["choices"] for each in shown.data["devices"]}
    assert by_device[clickers[1].device_id] == {"1": "C"}
    clock.advance(seconds=124)
    assert press(clickers[1], quiz["quizId"], (2, "A"))["accepted"] == 1
    clock.advance(seconds=1)
    assert press(clickers[1], quiz["quizId"], (2, "B"))["ignored"][0]["reason"] == "quiz_closed"
    assert clickers[0].send().data["commands"] == []


def test_a_quiz_ends_before_its_time_once(client: Client) -> None:
    joined(client)
    path = f"/api/clicker-quizzes/{start(client)['quizId']}"
    assert client.as_("other", "instructor").get(path).status == 404
    assert client.as_("student").get(path).status == 403
    assert client.as_("admin").get(path).status == 200
    assert client.as_("instructor").post(f"{path}/end", {}).data["isOpen"] is False
    assert client.as_("instructor").post(f"{path}/end", {}).error.code == "CONFLICT"


def test_a_room_without_clickers_has_no_quiz(client: Client) -> None:
    joined(client, "smart_board")
    reply = client.as_("instructor").post("/api/clicker-quizzes", QUIZ)
    assert reply.error.fields == {"NO_CLICKERS"}
    assert client.as_("student").post("/api/clicker-quizzes", QUIZ).status == 403


def test_clickers_that_answer_at_once_are_all_counted(client: Client) -> None:
    clickers = [join(client, code) for code in codes(client, count=4)]
    quiz = start(client)
    at_once(*[lambda each=each: press(each, quiz["quizId"], (1, "B")) for each in clickers])
    shown = client.as_("instructor").get(f"/api/clicker-quizzes/{quiz['quizId']}").data
    assert shown["questions"][0]["counts"]["B"] == 4


_choices = st.dictionaries(st.sampled_from(["1", "2"]), st.sampled_from("AB"), max_size=2)


@settings(max_examples=50)
@given(st.lists(_choices, max_size=8))
def test_counts_add_up(chosen: list[dict[str, str]]) -> None:
    quiz = ClickerQuiz(
        quiz_id="q", owner_id="o", room="R1", title="t", closes_at=time.now(), clickers=len(chosen),
        questions=[{"label": "1", "choices": 2}, {"label": "2", "choices": 2}],
    )  # fmt: skip
    answers = [ClickerAnswers(quiz_id="q", device_id=str(n), choices=each) for n, each in enumerate(chosen)]
    view = running.view(quiz, answers)
    for question in view.questions:
        assert question.answered == sum(question.counts.values()) <= view.clickers
    assert sum(question.answered for question in view.questions) == sum(len(each) for each in chosen)
