"""Passages in papers: frozen with the questions, in every answer that shows them, whole groups or none (EXAM S2)."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.clock import now
from lyceum.kit.errors import RuleViolation
from lyceum.kit.table import write_many
from lyceum.model.questions.passages import Passage
from tests.exams.authoring.test_blueprints import draw, names
from tests.exams.conftest import Bank, Publisher
from tests.support.http import Client


def group(bank: Bank, count: int, **values: Any) -> tuple[str, set[str]]:
    """Put a topic in the bank whose questions are all about one passage."""
    passage_id = ids.new_id()
    topic = bank.topic(count, passage_id=passage_id, **values)
    mine = {name for name, each in bank.questions.items() if each.passage_id == passage_id}
    about: dict[str, Any] = {"form": "text", "text": "<p>The river.</p>", "author_id": "u"}
    write_many([Passage(passage_id=passage_id, question_ids=mine, **about)])
    return topic, mine


def test_s2_a_blueprint_draws_whole_groups_or_none(bank: Bank) -> None:
    topic, mine = group(bank, 3)
    other = bank.topic(8)
    sizes = set()
    for number in range(12):
        (form,) = draw({"topicIds": [topic, other], "count": 5}, {"topicIds": [other], "count": 2}, seed=str(number))
        (first, second) = names(form)
        assert (len(first), len(second)) == (5, 2)
        sizes.add(len(mine & set(first)))
    assert sizes == {3}
    (form,) = draw({"topicIds": [topic, other], "count": 2})
    assert not mine & set(names(form)[0])
    with pytest.raises(RuleViolation):
        draw({"topicIds": [topic], "count": 2})
    assert draw({"topicIds": [topic], "count": 3})[0].parts[0][0].content["passage"]["text"] == "<p>The river.</p>"


def test_s2_two_groups_are_fitted_together(bank: Bank) -> None:
    (three, _), (two, _), (four, _) = group(bank, 3), group(bank, 2), group(bank, 4)
    for number in range(6):
        (form,) = draw({"topicIds": [three, two, four], "count": 7}, seed=str(number))
        assert len(names(form)[0]) == 7
        (form,) = draw({"topicIds": [three, two, four], "count": 9}, seed=str(number))
        assert len(names(form)[0]) == 9


def test_s2_a_mix_of_difficulties_keeps_a_group_in_its_section(bank: Bank) -> None:
    topic, mine = group(bank, 3)
    other = bank.topic(9)
    mix = {"easy": 2, "medium": 2, "hard": 2}
    (form,) = draw({"topicIds": [topic, other], "count": 6, "difficulty": mix})
    assert len(mine & set(names(form)[0])) in {0, 3}


def test_parallel_forms_take_no_groups(bank: Bank) -> None:
    topic, mine = group(bank, 2)
    other = bank.topic(6)
    for form in draw({"topicIds": [topic, other], "count": 3}, forms=2):
        assert not mine & set(names(form)[0])


def test_t6_an_exam_shows_the_passage_as_it_was_when_it_was_made(
    publisher: Publisher, bank: Bank, client: Client
) -> None:
    _, mine = group(bank, 2)
    body = {"title": "T", "subject": "M", "gradeLevel": "SS3", "questionIds": sorted(mine), "published": True}
    made = publisher.instructor.post("/api/practice-tests", body)
    assert made.status == 201, made.body
    (question, *_) = (bank.questions[name] for name in mine)
    passage = Passage.require(passage_id=str(question.passage_id))
    passage.text, passage.revision = "<p>Another river.</p>", 2
    write_many([passage])
    student = client.as_("student")
    state = student.post(f"/api/practice-tests/{made.data['assessmentId']}/start", {}).data
    shown = student.get(f"/api/exams/{state['examId']}").data["questions"]
    assert [each["passage"]["text"] for each in shown] == ["<p>The river.</p>"] * 2
    student.post(f"/api/exams/{state['examId']}/submit", {})
    result = student.get(f"/api/exams/{state['examId']}/results").data
    assert [each["passage"]["revision"] for each in result["questions"]] == [1, 1]


def test_l4_a_passage_that_an_exam_keeps_secret_is_told_with_none_of_its_questions(bank: Bank, client: Client) -> None:
    _, mine = group(bank, 2)
    free, held = sorted(mine)
    body = {"mode": "practice", "questionIds": [free]}
    assert client.as_("student").post("/api/exams/start", body).data["questions"][0]["passage"]["form"] == "text"
    bank.questions[held].embargoed_until = now() + timedelta(days=1)
    write_many([bank.questions[held]])
    refused = client.as_("other", "student").post("/api/exams/start", body)
    assert refused.error.fields == {"UNKNOWN_QUESTION"}


def test_a_session_of_ones_own_choice_shows_passages_in_whole_groups(bank: Bank, client: Client) -> None:
    topic, _ = group(bank, 2)
    started = client.as_("student").post("/api/exams/start", {"mode": "practice", "topicIds": [topic], "count": 2})
    assert [each["passage"]["form"] for each in started.data["questions"]] == ["text", "text"]
    refused = client.as_("other", "student").post(
        "/api/exams/start", {"mode": "practice", "topicIds": [topic], "count": 1}
    )
    assert refused.error.fields == {"NOT_ENOUGH_QUESTIONS"}
