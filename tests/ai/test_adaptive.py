"""Next questions and learning paths."""

import random
from collections import Counter
from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import clock as time
from lyceum.kit.table import Unit, write_many
from lyceum.model.analytics.learners import TopicFigures
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionHistory, QuestionStatistics
from lyceum.rules.adaptive import ability, selection
from lyceum.rules.adaptive.ability import Item
from lyceum.rules.adaptive.selection import Candidate
from tests.ai.conftest import School
from tests.support.clock import Clock
from tests.support.workers import deliver

from functions.ai.adaptive.path import PathTopic, find_path


def known(school: School, question_id: str, **fields: Any) -> QuestionStatistics:
    words = {"topic_id": school.topic_id, "course_id": school.course_id, "missed": "050", "attempts": 10}
    return QuestionStatistics(question_id=question_id, **{**words, "credit_sum": 50_000, **fields})


def test_ability_rises_with_right_answers_and_gets_surer() -> None:
    item = Item(1.2, 0.0)
    none, right, wrong = (ability.estimate(answers) for answers in ([], [(item, 1.0)] * 5, [(item, 0.0)] * 5))
    assert (none.estimate, none.answers) == (pytest.approx(0), 0)
    assert none.error == pytest.approx(1, abs=0.01)
    assert right.estimate == pytest.approx(-wrong.estimate)
    assert right.estimate > 0.8 and right.error < 0.8


def test_parameters_come_from_answers_then_facility_then_the_label() -> None:
    assert ability.item_of("1.5", "0.8", 100, 0, "easy") == Item(0.8, 1.5)
    assert ability.item_of(None, None, 100, 500_000, None).difficulty == pytest.approx(0)
    assert ability.item_of(None, None, 0, 0, "hard") == Item(1.0, 1.0)
    assert ability.item_of("9", "40", 1, 0, None) == Item(3.0, 4.0)


def bank(count: int, seed: int = 1) -> list[Candidate]:
    chance = random.Random(seed)
    return [
        Candidate(f"q{number}", f"t{number % 4}", Item(chance.lognormvariate(0.5, 0.25), chance.gauss(0, 1.1)))
        for number in range(count)
    ]


def test_adaptive_tests_are_short_sure_balanced_and_wear_no_question_out() -> None:
    questions, chance = bank(240), random.Random(7)
    shown: Counter[str] = Counter()
    lengths, errors, spread = [], [], []
    takers = 120
    for taker in range(takers):
        able = chance.gauss(0, 1)
        test = selection.adaptive(selection.shown_once_more(questions, shown, max(taker, 25)), f"s{taker}")
        answers, part, topics = [], None, Counter[str]()
        while True:
            try:
                asked, _ = test.send(part) if answers else next(test)
            except StopIteration:
                break
            part = float(chance.random() < 1 / (1 + exp(-asked.item.slope * (able - asked.item.difficulty))))
            answers.append((asked.item, part))
            topics[asked.topic_id] += 1
            shown[asked.question_id] += 1
        lengths.append(len(answers))
        errors.append(ability.estimate(answers).error)
        spread.append(max(topics.values()) - min(topics[f"t{number}"] for number in range(4)))
    assert max(lengths) <= selection.MOST_ITEMS
    assert sum(error <= selection.STOP_ERROR for error in errors) >= 0.9 * takers
    assert max(shown.values()) / takers <= selection.CAP + 0.03
    assert sum(each <= 3 for each in spread) >= 0.9 * takers


@given(st.lists(st.floats(0, 30), min_size=1, max_size=30), st.integers(1, 10))
def test_a_choice_is_without_repeats_and_the_same_again(days: list[float], count: int) -> None:
    candidates = [Candidate(f"q{place}", "t", Item(1, place / 10), each) for place, each in enumerate(days)]
    chosen = selection.choose(candidates, 0.3, count, "seed")
    names = [each.candidate.question_id for each in chosen]
    assert len(names) == len(set(names)) <= count
    assert names == [each.candidate.question_id for each in selection.choose(candidates, 0.3, count, "seed")]
    assert all(each.candidate.days_since is None or each.candidate.days_since >= 1 / 24 for each in chosen)


def test_next_questions_fit_and_say_why(school: School, clock: Clock) -> None:
    names = school.questions(6)
    student = school.student
    write_many(known(school, name, estimate=str(place - 2), slope="1.4") for place, name in enumerate(names))
    met = {"user_id": student.user_id, "topic_id": school.topic_id, "met": 1}
    write_many(
        [
            QuestionHistory(question_id=names[4], right=1, last_at=time.now(), **met),
            QuestionHistory(question_id=names[3], right=1, last_at=time.now(), **met),
        ]
    )
    reply = student.post("/api/ai/recommend-questions", {"topicId": school.topic_id, "count": 3})
    assert len(reply.cost.operations) <= 4  # with the one that counts calls
    chosen = reply.data
    assert chosen["ability"]["answers"] == 2
    assert chosen["ability"]["estimate"] > 0.5
    assert {each["questionId"] for each in chosen["questions"]}.isdisjoint(names[3:5])
    assert all("correctOptionIds" not in each and len(each["reasons"]) == 2 for each in chosen["questions"])
    of_course = student.post("/api/ai/recommend-questions", {"courseId": school.course_id}).data
    assert len(of_course["questions"]) == 4


def test_where_few_questions_were_examined_the_bank_fills_up(school: School) -> None:
    names = school.questions(5)
    write_many([known(school, names[0])])
    found = school.student.post("/api/ai/recommend-questions", {"topicId": school.topic_id, "count": 4}).data
    assert len(found["questions"]) == 4


def test_next_questions_of_a_topic_that_nobody_was_examined_in(school: School) -> None:
    school.questions(2)
    found = school.student.post("/api/ai/recommend-questions", {"topicId": school.topic_id}).data
    assert len(found["questions"]) == 2
    deliver(school.client.cloud, school.client.tenant)  # the bank counts them
    of_course = school.student.post("/api/ai/recommend-questions", {"courseId": school.course_id})
    assert len(of_course.data["questions"]) == 2
    assert len(of_course.cost.operations) <= 5
    for nothing in ({"topicId": "0" * 26}, {"courseId": "0" * 26}):
        assert school.student.post("/api/ai/recommend-questions", nothing).error.code == "NOT_FOUND"
    assert school.student.post("/api/ai/recommend-questions", {}).error.code == "VALIDATION_ERROR"


def test_what_an_exam_keeps_secret_does_not_come(school: School, clock: Clock) -> None:
    secret, free = school.questions(2)
    write_many(known(school, name) for name in (secret, free))
    until = Question.embargoed_until.set(time.now().replace(year=2099))
    Unit().change(Question.at(question_id=secret), until).commit()
    found = school.student.post("/api/ai/recommend-questions", {"topicId": school.topic_id}).data
    assert [each["questionId"] for each in found["questions"]] == [free]


def test_a_path_puts_first_what_others_build_on_and_leaves_out_what_there_is_no_time_for() -> None:
    topics = [
        PathTopic("base", 0.1, 0.2),
        PathTopic("top", 1.0, 0.0, ("base",)),
        PathTopic("side", 0.2, 0.0),
        PathTopic("done", 1.0, 0.95),
    ]
    path = find_path(topics, None)
    assert [each.topic_id for each in path.order] == ["base", "top", "side"]
    assert [each.topic_id for each in path.mastered] == ["done"]
    short = find_path(topics, 170)
    assert [each.topic_id for each in short.order] == ["base", "top"]
    assert [each.topic_id for each in short.no_time] == ["side"]
    assert find_path(topics, 5).order == ()


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=10), st.integers(0, 900))
def test_a_path_never_puts_a_topic_before_what_it_builds_on(edges: list[list[int]], minutes: int) -> None:
    topics = [
        PathTopic(str(place), 1.0, 0.1 * (place % 9), tuple(str(each) for each in sorted(set(after)) if each < place))
        for place, after in enumerate(edges)
    ]
    order = [each.topic_id for each in find_path(topics, minutes).order]
    for each in topics:
        if each.topic_id in order:
            assert all(order.index(before) < order.index(each.topic_id) for before in each.after)


def test_topics_in_a_circle_have_an_order_all_the_same() -> None:
    path = find_path([PathTopic("a", 1, 0, ("b",)), PathTopic("b", 1, 0, ("a",))], None)
    assert sorted(each.topic_id for each in path.order) == ["a", "b"]


def test_a_learning_path_of_a_course(school: School, clock: Clock) -> None:
    student = school.student
    fields = {"courseId": school.course_id, "syllabusTags": ["algebra"]}
    second = school.teacher.post("/api/topics", {"title": "Groups", "order": 2, **fields}).data["topicId"]
    third = school.teacher.post("/api/topics", {"title": "Rings", "order": 3, **fields}).data["topicId"]
    write_many([TopicFigures(user_id=student.user_id, topic_id=school.topic_id, mastery=9500, observations=20)])
    target = time.now().date().replace(year=time.now().year + 1).isoformat()
    reply = student.post("/api/ai/optimize-path", {"courseId": school.course_id, "targetDate": target})
    assert len(reply.cost.operations) <= 4  # with the one that counts calls
    path = reply.data
    assert [step["topicId"] for step in path["steps"]] == [second, third]
    assert path["steps"][1]["buildsOn"] == [second]
    assert path["leftOut"] == [{"topicId": school.topic_id, "title": "Sets", "why": "mastered"}]
    assert path["steps"][0]["reasons"]
    past = student.post("/api/ai/optimize-path", {"courseId": school.course_id, "targetDate": "2020-01-01"})
    assert past.error.fields == {"targetDate"}
    stranger = school.client.as_("stranger", "student")
    assert stranger.post("/api/ai/optimize-path", {"courseId": school.course_id}).error.code == "NOT_ENROLLED"
