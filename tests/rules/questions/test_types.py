"""What can be a question, what can not, and how one is taken apart without losing or leaking anything."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from lyceum.rules.questions.storage import content_of, key_of
from lyceum.rules.questions.types import read_question
from lyceum.rules.questions.views import ContentView, KeyedContent, with_key
from tests.rules.questions.samples import AUTHORED, OPTIONS, fields, sample

KEY_FIELDS = {
    "correct_option_ids",
    "correct",
    "value",
    "tolerance",
    "accepted",
    "case_sensitive",
    "accent_sensitive",
    "pairs",
    "correct_order",
    "feedback",
    "rubric",
}


def names_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(names_in(each) for each in value.values()))
    return set().union(*(names_in(each) for each in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("kind", AUTHORED)
def test_the_content_holds_nothing_of_the_key_and_both_make_the_whole(kind: str) -> None:
    question, content, key, *_ = sample(kind)
    assert names_in(content) & KEY_FIELDS == set()
    whole = with_key(content, key)
    authored = question.model_dump(mode="json", exclude_none=True)
    for name in AUTHORED[kind].keys() - {"stem"}:
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        assert json.dumps(whole[snake], sort_keys=True) == json.dumps(without_defaults(authored[snake]), sort_keys=True)


def without_defaults(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_defaults(each) for name, each in value.items() if each is not False or name != "pinned"}
    return [without_defaults(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", AUTHORED)
def test_a_public_view_can_not_show_a_key_even_when_it_is_given_one(kind: str) -> None:
    _, content, key, *_ = sample(kind)
    public = ContentView.model_validate(
        {**content, **{name: value for name, value in key.items() if name not in {"gaps", "rubric"}}}
    )
    assert names_in(public.model_dump(exclude_none=True)) & KEY_FIELDS == set()
    assert names_in(KeyedContent.model_validate(with_key(content, key)).model_dump(exclude_none=True)) & KEY_FIELDS


@pytest.mark.parametrize("kind", AUTHORED)
def test_a_question_that_is_read_again_is_the_same(kind: str) -> None:
    question = read_question(fields(kind))
    again = read_question(question.model_dump(mode="json", by_alias=True, exclude_none=True))
    assert (content_of(again), key_of(again)) == (content_of(question), key_of(question))


@pytest.mark.parametrize("kind", ["matching", "ordering"])
def test_ids_and_order_follow_from_the_texts_and_not_from_what_is_right(kind: str) -> None:
    authored = fields(kind)
    parts = "choices" if kind == "matching" else "items"
    turned = {**authored, parts: authored[parts][::-1]}
    renamed = json.loads(json.dumps(authored).replace('"0"', '"zero"'))
    assert len({json.dumps(content_of(read_question(each))) for each in (authored, turned, renamed)}) == 1
    texts = [part["text"] for part in content_of(read_question(authored))[parts]]
    assert texts != [part["text"] for part in authored[parts]]


def test_a_rubric_is_shown_when_its_author_says_so() -> None:
    assert "rubric" in sample("theory", showRubric=True).content
    assert "rubric" not in sample("theory").content


def test_pinned_options_and_feedback_are_told_apart() -> None:
    _, content, key, *_ = sample(
        "single", options=[*OPTIONS[:2], {"id": "e", "text": "none", "pinned": True, "feedback": "canary"}]
    )
    assert content["options"][2] == {"id": "e", "text": "none", "pinned": True}
    assert key["feedback"] == {"e": "canary"}


WRONG: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = [
    ("single", {"correctOptionIds": ["z"]}, ("correctOptionIds",)),
    ("single", {"correctOptionIds": ["a", "b"]}, ("correctOptionIds",)),
    ("single", {"options": [{**OPTIONS[0], "id": "right"}, OPTIONS[1]]}, ("options", 0, "id")),
    ("single", {"options": [OPTIONS[0], {"id": "b", "text": " choice a"}]}, ("options",)),
    ("multiple", {"correctOptionIds": []}, ("correctOptionIds",)),
    ("true_false", {"correct": None}, ("correct",)),
    ("numeric", {"value": "NaN"}, ("value",)),
    ("numeric", {"value": "1e999"}, ("value",)),
    ("numeric", {"tolerance": {"amount": -1}}, ("tolerance", "amount")),
    ("short_text", {"accepted": [{"text": "half", "credit": "0.5"}]}, ("accepted",)),
    ("matching", {"pairs": {"0": "0", "1": "1"}}, ("pairs",)),
    ("matching", {"pairs": {"0": "0", "1": "1", "2": "9"}}, ("pairs",)),
    ("ordering", {"correctOrder": ["0", "1", "2"]}, ("correctOrder",)),
    ("ordering", {"correctOrder": ["0", "1", "2", "2"]}, ("correctOrder",)),
    ("cloze", {"stem": "Only {{1}} and {{2}} here"}, ("gaps",)),
    ("cloze", {"stem": "Twice {{1}} {{1}} {{2}} {{3}}"}, ("gaps",)),
    ("theory", {"rubric": {"criteria": []}}, ("rubric", "criteria")),
    ("practical", {"fileKinds": ["exe"]}, ("fileKinds", 0)),
    ("practical", {"maxFiles": 0}, ("maxFiles",)),
    ("single", {"stem": '<img src="https://elsewhere.example/track.png"> What?'}, ("stem",)),
    ("single", {"marks": 0}, ("marks",)),
    ("single", {"year": 1500}, ("year",)),
    ("single", {"correct": True}, ("correct",)),
]


@pytest.mark.parametrize(("kind", "changes", "place"), WRONG, ids=lambda value: str(value)[:50])
def test_what_can_not_be_a_question_is_refused_by_its_field(
    kind: str, changes: dict[str, Any], place: tuple[Any, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        read_question(fields(kind, **changes))
    assert [error["loc"][1:] for error in refused.value.errors()] == [place]


def test_texts_are_sanitised_and_latex_and_uploaded_images_stay() -> None:
    image = '<img src="upload:01J00000000000000000000000" onerror="x()">'
    stem = rf"<b>If</b> \(a<b\) and $$x^2 > 4$$ {image}<script>x()</script>"
    kept = read_question(fields("true_false", stem=stem)).stem
    assert kept == r'<b>If</b> \(a&lt;b\) and $$x^2 &gt; 4$$ <img src="upload:01J00000000000000000000000">'
    assert read_question(fields("true_false", stem=kept)).stem == kept
