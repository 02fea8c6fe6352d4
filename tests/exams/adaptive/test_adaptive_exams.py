"""Adaptive exams: each question follows from the answers so far, and the paper grows by it."""

from collections import Counter
from functools import partial
from random import Random
from typing import Any

from lyceum.kit.table import Unit, write_many
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.rules.adaptive import ability, selection
from lyceum.rules.adaptive.ability import Item
from lyceum.rules.adaptive.selection import Candidate
from tests.exams.conftest import Bank, Running, Start
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

from functions.exams.adaptive import advancing, choosing

STEEP = "2.2"


def begun(start: Start, bank: Bank, *topics: str, **values: Any) -> Running:
    names = list(topics) or [bank.topic(30), bank.topic(30)]
    chance = Random(3)
    for question in bank.questions.values():
        known = QuestionStatistics(
            question_id=question.question_id, topic_id=question.topic_id, estimate=f"{chance.gauss(0, 1):.2f}",
            slope=STEEP, attempts=200,
        )  # fmt: skip
        write_many([known])
    return start(mode="adaptive", topicIds=names, **values)


def go_on(running: Running, options: str = "b") -> Reply:
    """Answer the current question, and ask for the next."""
    (current,) = running.questions
    assert running.answer(current, options).status == 200
    reply = running.student.post(f"{running.path}/feedback/{current}", {})
    running.state = reply.data
    return reply


def test_an_adaptive_exam_asks_one_after_the_other_until_it_is_sure(start: Start, bank: Bank) -> None:
    running = begun(start, bank)
    assert running.state["adaptive"] == {"asked": 1, "most": 25, "isComplete": False}
    assert (running.state["navigation"], len(running.questions)) == ("forward_only", 1)
    asked, topics, chance = list(running.questions), Counter[str](), Random(5)
    while not running.state["adaptive"]["isComplete"]:
        topics[running.state["questions"][0]["topicId"]] += 1
        go_on(running, chance.choice("bbac"))
        asked += running.questions
        assert len(asked) <= 25
    shown = running.state["adaptive"]
    assert shown["asked"] == len(asked) == len(set(asked)) == running.state["questionCount"]
    assert shown["standardError"] <= 0.30 or shown["asked"] == 25
    assert -3 < shown["ability"] < 3
    assert max(topics.values()) - min(topics.values()) <= 2, "content is balanced"
    receipt = running.submit()
    assert receipt.status == 200
    result = running.summary().data
    assert len(result["questions"]) == len(asked), "what was not asked does not count"
    assert float(result["maxScore"]) == len(asked)
    assert running.show().data["adaptive"]["ability"] == shown["ability"]


def test_who_is_right_gets_harder_questions_than_who_is_wrong(start: Start, bank: Bank) -> None:
    hard: dict[str, float] = {}
    topics = [bank.topic(40)]
    for name, options in (("ada", "b"), ("ben", "a")):
        running = begun(start, bank, *topics, name=name, graceSeconds=30)
        met = []
        for _ in range(6):
            go_on(running, options)
            met += running.questions
        stored = {each: QuestionStatistics.require(question_id=each) for each in met}
        hard[name] = sum(float(each.estimate) for each in stored.values()) / len(met)
    assert hard["ada"] > hard["ben"] + 0.8


def test_the_next_question_comes_after_an_answer_and_once(start: Start, bank: Bank, client: Client) -> None:
    running = begun(start, bank)
    (first,) = running.questions
    path = f"{running.path}/feedback/{first}"
    assert running.student.post(path, {}).error.code == "NOT_ANSWERED"
    assert running.student.post(f"{running.path}/feedback/{'0' * 26}", {}).error.fields == {"UNKNOWN_QUESTION"}
    assert client.as_("eve", "student").post(path, {}).error.code == "NOT_FOUND"
    assert running.answer(first).status == 200
    one, other = running.student.post(path, {}).data, running.student.post(path, {}).data
    assert one["questions"] == other["questions"]
    assert one["questionCount"] == other["questionCount"] == 2
    assert running.answer(first).error.code == "QUESTION_CLOSED"
    usual = start()
    usual.answer()
    refused = usual.student.post(f"{usual.path}/feedback/{usual.questions[0]}", {})
    assert refused.error.fields == {"NOT_ADAPTIVE"}
    assert running.submit().status == 200
    assert running.student.post(path, {}).error.code == "SESSION_FINISHED"


def test_two_devices_that_go_on_at_once_add_one_question(start: Start, bank: Bank) -> None:
    running = begun(start, bank)
    (first,) = running.questions
    running.answer(first)
    caller = running.student.principal
    assert caller is not None
    states = at_once(*[partial(advancing.advance, caller, running.id, first)] * 2)
    assert {each.question_count for each in states} == {2}
    assert len(running.sheet.answers.as_dict()) == 2
    assert running.submit().status == 200


def test_an_answer_that_is_not_followed_is_scored(start: Start, bank: Bank, clock: Clock) -> None:
    running = begun(start, bank)
    go_on(running)
    running.answer()
    clock.move_to(running.closing)
    clock.advance(seconds=1)
    assert running.submit().status == 200
    assert float(running.session.score or 0) == 2
    log = client_log(running)
    assert [each["name"] for each in log["events"]] == ["started", "question_added", "finished"]
    assert log["intact"]


def client_log(running: Running) -> Any:
    staff = running.student.as_("admin")
    reply = staff.get(f"{running.path}/events")
    return reply.data


def test_what_became_secret_or_was_retired_meanwhile_is_passed_over(start: Start, bank: Bank, clock: Clock) -> None:
    running = begun(start, bank, bank.topic(12))
    (first,) = running.questions
    for name, question in bank.questions.items():
        if name != first:
            changed = Question.require(question_id=question.question_id)
            changed.status = "retired"
            Unit().put(changed).commit()
    go_on(running)
    assert (running.state["adaptive"]["isComplete"], running.state["questionCount"]) == (True, 1)


def test_few_questions_and_questions_by_id_are_refused(start: Start, bank: Bank, client: Client) -> None:
    student = client.as_("student")
    few = student.post("/api/exams/start", {"mode": "adaptive", "topicIds": [bank.topic(9)]})
    assert few.error.fields == {"NOT_ENOUGH_QUESTIONS"}
    named = student.post("/api/exams/start", {"mode": "adaptive", "questionIds": bank.ids[:3]})
    assert named.error.code == "VALIDATION_ERROR"


def test_no_question_of_a_large_bank_is_met_by_more_than_a_fifth() -> None:
    chance, takers, shown = Random(11), 150, Counter[str]()
    items = [Item(chance.lognormvariate(0.5, 0.25), chance.gauss(0, 1.1)) for _ in range(400)]
    bank = [Candidate(f"q{place}", f"t{place % 4}", item) for place, item in enumerate(items)]
    sure = 0
    for taker in range(takers):
        able, pool = chance.gauss(0, 1), chance.sample(bank, choosing.POOL)
        test, answers, part = selection.adaptive(pool, f"s{taker}"), list[tuple[Item, float]](), None
        while True:
            try:
                asked, _ = test.send(part) if answers else next(test)
            except StopIteration:
                break
            part = float(chance.random() < ability.chance(asked.item, able))
            answers.append((asked.item, part))
            shown[asked.question_id] += 1
        assert len(answers) <= selection.MOST_ITEMS
        sure += ability.estimate(answers).error <= selection.STOP_ERROR
    assert max(shown.values()) <= selection.CAP * takers
    assert sure >= 0.9 * takers
