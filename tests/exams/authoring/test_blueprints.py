"""From blueprints to papers: exact, reproducible, or refused with what is missing."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.kit.errors import RuleViolation
from lyceum.kit.table import write_many
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.rules.questions import topic_sampler
from tests.exams.conftest import Bank, Publisher

from functions.exams.authoring import blueprints
from functions.exams.authoring.blueprints import DrawnForm
from functions.exams.authoring.schemas.blueprints import Blueprint
from functions.exams.papers import paper


def plan(*sections: dict[str, Any]) -> Blueprint:
    return Blueprint.model_validate(
        {"sections": [{"title": f"S{number}", **section} for number, section in enumerate(sections)]}
    )


def draw(*sections: dict[str, Any], seed: str = "seed", forms: int = 1) -> list[DrawnForm]:
    return blueprints.draw(plan(*sections), seed, forms)


def names(form: DrawnForm) -> list[list[str]]:
    return [[question.question_id for question in part] for part in form.parts]


def test_s2_counts_are_met_exactly_and_nothing_twice(bank: Bank) -> None:
    topics = [bank.topic(9), bank.topic(9)]
    (form,) = draw(
        {"topicIds": topics, "count": 6, "difficulty": {"easy": 1, "medium": 2, "hard": 3}},
        {"topicIds": topics, "count": 4},
    )
    first, second = form.parts
    assert Counter(question.difficulty for question in first) == {"easy": 1, "medium": 2, "hard": 3}
    assert len(second) == 4
    assert len({question.question_id for part in form.parts for question in part}) == 10


def test_s2_enemy_items_never_stand_in_one_paper(bank: Bank) -> None:
    topic = bank.topic(6)
    one, two, *_ = bank.ids
    bank.questions[one].exclusion_ids = [two]
    write_many([bank.questions[one]])
    for number in range(8):
        (form,) = draw({"topicIds": [topic], "count": 5}, seed=str(number))
        assert len({one, two} & set(names(form)[0])) == 1
        drawn = {question.question_id for question in topic_sampler.draw([topic], 5, str(number))}
        assert len({one, two} & drawn) == 1
    for attempt in (lambda: draw({"topicIds": [topic], "count": 6}), lambda: topic_sampler.draw([topic], 6, "seed")):
        with pytest.raises(RuleViolation) as refused:
            attempt()
        assert refused.value.details[0].code == "NOT_ENOUGH_QUESTIONS"


def test_s2_an_author_can_not_ask_enemy_items_in_one_test(publisher: Publisher, bank: Bank) -> None:
    bank.topic(2)
    one, two = bank.ids
    bank.questions[two].exclusion_ids = [one]
    write_many([bank.questions[two]])
    body = {"title": "T", "subject": "M", "gradeLevel": "SS3", "questionIds": [one, two]}
    assert publisher.instructor.post("/api/practice-tests", body).error.fields == {"ENEMY_QUESTIONS"}


def test_s2_questions_of_one_passage_stay_together_in_their_order(bank: Bank) -> None:
    bank.topic(8)
    for name in bank.ids[2::3]:
        bank.questions[name].passage_id = "the river"
    for number in range(20):
        order = [
            entry["question_id"]
            for entry in paper.compose(
                list(bank.questions.values()), str(number), shuffle_questions=True, shuffle_options=True
            )
        ]
        assert [order.index(name) - order.index(bank.ids[2]) for name in bank.ids[2::3]] == [0, 1]
    assert len(set(order)) == 8


def test_g7_a_minimum_for_each_topic_is_drawn(bank: Bank) -> None:
    topics = [bank.topic(2), bank.topic(20)]
    section = {"topicIds": topics, "count": 8, "answer": 5, "minPerTopic": 2, "marksEach": "10"}
    for number in range(6):
        (form,) = draw(section, seed=str(number))
        assert Counter(question.topic_id for question in form.parts[0])[topics[0]] == 2
        assert len(form.parts[0]) == 8


def test_types_and_years_are_kept_to(bank: Bank) -> None:
    topic = bank.topic(3, year=2024)
    old = bank.ids
    bank.topic(3)
    bank.essays(1)
    topics = list({question.topic_id for question in bank.questions.values()})
    (form,) = draw(
        {"topicIds": topics, "count": 3, "types": ["single"], "excludeYears": [2024]},
        {"topicIds": topics, "count": 1, "types": ["theory"]},
    )
    assert not set(old) & set(names(form)[0])
    assert {question.type for question in form.parts[1]} == {"theory"}
    assert topic in topics


def test_topics_are_covered_evenly(bank: Bank) -> None:
    topics = [bank.topic(20) for _ in range(4)]
    (form,) = draw({"topicIds": topics, "count": 8})
    assert Counter(question.topic_id for question in form.parts[0]) == dict.fromkeys(topics, 2)


def test_s1_the_same_seed_gives_the_same_paper_byte_for_byte(publisher: Publisher, bank: Bank) -> None:
    topic = bank.topic(40)
    hashes = []
    for seed in ("one", "one", "two"):
        blueprint = {"sections": [{"title": "A", "topicIds": [topic], "count": 10}], "seed": seed}
        made = publisher.instructor.post("/api/papers/generate", {"title": "Mock", "blueprint": blueprint}).data
        hashes.append(made["forms"][0]["hash"])
    assert hashes[0] == hashes[1] != hashes[2]


def test_s2_an_impossible_blueprint_is_refused_with_each_shortage(publisher: Publisher, bank: Bank) -> None:
    topic = bank.topic(6)
    sections = [
        {"title": "A", "topicIds": [topic], "count": 3, "difficulty": {"easy": 0, "medium": 0, "hard": 3}},
        {"title": "B", "topicIds": [topic], "count": 1, "types": ["theory"]},
        {"title": "C", "topicIds": [topic], "count": 2},
    ]
    refused = publisher.instructor.post("/api/papers/generate", {"title": "Mock", "blueprint": {"sections": sections}})
    assert (refused.status, refused.error.code) == (422, "RULE_VIOLATION")
    assert {detail.get("code") or detail["field"]: detail["message"] for detail in refused.error.details} == {
        "NOT_ENOUGH_QUESTIONS": "The bank can not satisfy this blueprint.",
        "blueprint.sections[0].difficulty.hard": "3 hard questions are needed for 'A', and 2 are left that fit.",
        "blueprint.sections[1].count": "1 theory questions are needed for 'B', and 0 are left that fit.",
    }
    assert publisher.instructor.get("/api/practice-tests").data == []


def test_sections_give_way_to_each_other_where_that_helps(bank: Bank) -> None:
    """The first section would like the only question that the second can have."""
    one, both = bank.topic(2), bank.topic(1)
    for number in range(10):
        (form,) = draw({"topicIds": [one, both], "count": 2}, {"topicIds": [both], "count": 1}, seed=str(number))
        assert [question.topic_id for question in form.parts[1]] == [both]


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_s2_a_blueprint_is_refused_only_when_nothing_satisfies_it(data: Any) -> None:
    """Against all subsets of a small bank, by Hall's condition."""
    questions = [
        Question(
            question_id=str(number),
            topic_id=data.draw(st.sampled_from("xy")),
            difficulty=data.draw(st.sampled_from(["easy", "hard"])),
            type="single",
        )
        for number in range(data.draw(st.integers(1, 7)))
    ]
    sections = data.draw(
        st.lists(st.tuples(st.sampled_from([["x"], ["y"], ["x", "y"]]), st.integers(1, 3)), min_size=1, max_size=3)
    )
    cells = blueprints._cells(plan(*[{"topicIds": topics, "count": count} for topics, count in sections]), 1)
    allotted = blueprints._allot(cells, questions, "seed")
    possible = all(
        len({question.question_id for question in questions if any(cell.fits(question) for cell in some)})
        >= sum(cell.need for cell in some)
        for mask in range(1, 2 ** len(cells))
        for some in [[cell for place, cell in enumerate(cells) if mask >> place & 1]]
    )
    assert all(len(found) == cell.need for cell, found in zip(cells, allotted, strict=True)) is possible
    used = [question.question_id for found in allotted for question in found]
    assert len(used) == len(set(used))
    assert all(cell.fits(question) for cell, found in zip(cells, allotted, strict=True) for question in found)


def test_two_parallel_forms_share_nothing_and_are_equally_hard(bank: Bank) -> None:
    topic = bank.topic(60)
    write_many(
        [
            QuestionStatistics(question_id=name, attempts=100, correct=(17 * place) % 100)
            for place, name in enumerate(bank.ids)
        ]
    )
    one, two = draw({"topicIds": [topic], "count": 12, "difficulty": {"easy": 4, "medium": 4, "hard": 4}}, forms=2)
    assert not set(names(one)[0]) & set(names(two)[0])
    for form in (one, two):
        assert Counter(question.difficulty for question in form.parts[0]) == {"easy": 4, "medium": 4, "hard": 4}
    assert abs(one.expected_facility - two.expected_facility) <= 0.03


def test_students_get_one_of_the_forms(publisher: Publisher, bank: Bank, client: Any) -> None:
    topic = bank.topic(8)
    blueprint = {"sections": [{"title": "A", "topicIds": [topic], "count": 4}]}
    made = publisher.instructor.post(
        "/api/papers/generate", {"title": "Mock", "blueprint": blueprint, "forms": 2, "published": True}
    ).data
    forms = [{question["questionId"] for question in form["questions"]} for form in made["forms"]]
    assert [form["form"] for form in made["forms"]] == ["A", "B"]
    for number in range(4):
        student = client.as_(f"student{number}", "student")
        state = student.post("/api/exams/start", {"assessmentId": made["assessmentId"]}).data
        assert {question["questionId"] for question in state["questions"]} in forms


def test_a_practice_test_is_made_from_a_blueprint(publisher: Publisher, bank: Bank) -> None:
    topic = bank.topic(9)
    test = publisher.test(blueprint={"sections": [{"title": "A", "topicIds": [topic], "count": 5}]})
    assert (test["questionCount"], len(publisher.begin(test).questions)) == (5, 5)


def test_a_large_topic_is_read_no_further_than_needed(bank: Bank) -> None:
    from lyceum.kit import context

    topic = bank.topic(300)
    before = context.current().usage.requests
    draw({"topicIds": [topic], "count": 5})
    assert context.current().usage.requests - before <= 2
    with pytest.raises(RuleViolation):
        draw({"topicIds": [topic], "count": 100, "types": ["theory"]})


@pytest.mark.parametrize(("section", "field"), [
    ({"count": 3, "difficulty": {"easy": 1}}, "difficulty"), ({"count": 2, "answer": 3, "marksEach": "1"}, "answer"),
    ({"count": 3, "answer": 2}, "answer"), ({"count": 0}, "count"), ({"count": 1, "types": ["riddle"]}, "types[0]"),
])  # fmt: skip
def test_blueprints_that_contradict_themselves_are_refused(
    publisher: Publisher, section: dict[str, Any], field: str
) -> None:
    body = {"title": "Mock", "blueprint": {"sections": [{"title": "A", "topicIds": ["t"], **section}]}}
    refused = publisher.instructor.post("/api/papers/generate", body)
    assert (refused.status, refused.error.fields) == (400, {f"blueprint.sections[0].{field}"})
