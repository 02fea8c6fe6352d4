"""Responses: one form for each type, told apart without reading the question again."""

from typing import Any

import pytest
from pydantic import ValidationError

from lyceum.rules.questions.responses import FORMS, ResponseFields, admission, is_blank, refusal
from tests.rules.questions.samples import AUTHORED, sample

MISFITS: list[tuple[str, dict[str, Any], str]] = [
    ("single", {"optionIds": ["z"]}, "UNKNOWN_OPTION"),
    ("single", {"optionIds": ["a", "b"]}, "TOO_MANY_OPTIONS"),
    ("matching", {"matches": {"p9": "c1"}}, "UNKNOWN_OPTION"),
    ("matching", {"matches": {"p1": "c9"}}, "UNKNOWN_OPTION"),
    ("matching", {"matches": {"c1": "p1"}}, "UNKNOWN_OPTION"),
    ("ordering", {"order": ["i1", "i9"]}, "UNKNOWN_OPTION"),
    ("cloze", {"fills": {"4": {"text": "x"}}}, "UNKNOWN_OPTION"),
    ("cloze", {"fills": {"1": {"text": "100"}}}, "UNKNOWN_OPTION"),
    ("cloze", {"fills": {"3": {"optionId": "c"}}}, "UNKNOWN_OPTION"),
    ("short_text", {"text": "x" * 501}, "TOO_MANY_OPTIONS"),
    ("practical", {"fileIds": ["a", "b", "c"]}, "TOO_MANY_OPTIONS"),
]


@pytest.mark.parametrize("kind", AUTHORED)
def test_a_question_admits_its_own_form_and_refuses_every_other(kind: str) -> None:
    asked = sample(kind)
    admitted = admission(kind, asked.content)
    for response in (asked.right, asked.wrong):
        assert refusal(admitted, ResponseFields.model_validate(response)) is None
    for other in {form for form in FORMS.values() if form != FORMS[kind]}:
        stranger = next(sample(each).right for each in AUTHORED if FORMS[each] == other)
        found = refusal(admitted, ResponseFields.model_validate(stranger))
        assert found is not None
        assert found.rule == "WRONG_FORM"
        assert found.field in {"optionIds", "isTrue", "number", "text", "matches", "order", "fills", "fileIds"}


@pytest.mark.parametrize(("kind", "given", "rule"), MISFITS)
def test_what_the_question_does_not_have_is_refused(kind: str, given: dict[str, Any], rule: str) -> None:
    found = refusal(admission(kind, sample(kind).content), ResponseFields.model_validate(given))
    assert found is not None
    assert found.rule == rule


@pytest.mark.parametrize(
    "given",
    [
        {}, {"optionIds": ["a"], "text": "a"}, {"optionIds": ["a", "a"]}, {"order": ["a", "a"]}, {"number": "ten"},
        {"number": "Infinity"}, {"number": "1e99"},
        {"number": "1" * 31}, {"isTrue": "maybe"}, {"text": "x" * 10_001}, {"fills": {"0": {"text": "x"}}},
        {"fills": {"1": {}}},
        {"fills": {"1": {"text": "x", "number": 1}}}, {"matches": {f"p{n}": "c1" for n in range(21)}},
        {"numberUnit": "kg", "text": "5"}, {"optionId": "a"},
    ],
    ids=str,
)  # fmt: skip
def test_what_can_not_be_read_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ResponseFields.model_validate(given)


@pytest.mark.parametrize(
    ("stored", "blank"),
    [
        (None, True), ({}, True), ({"option_ids": []}, True), ({"text": " \n"}, True),
        ({"fills": {"1": {"text": " "}}}, True), ({"number_unit": "kg"}, True),
        ({"is_true": False}, False), ({"number": "0"}, False),
        ({"fills": {"1": {"option_id": "a"}, "2": {"text": ""}}}, False), ({"file_ids": ["x"]}, False),
    ],
)  # fmt: skip
def test_blank_is_what_says_nothing(stored: dict[str, Any] | None, blank: bool) -> None:
    assert is_blank(stored) is blank


def test_an_answer_is_stored_as_it_was_given_and_a_cleared_one_as_nothing() -> None:
    assert ResponseFields.model_validate({"number": 1.5, "numberUnit": "kg"}).stored() == {
        "number": "1.5",
        "number_unit": "kg",
    }
    assert ResponseFields.model_validate({"isTrue": None}).stored() == {}
