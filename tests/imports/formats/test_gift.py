"""GIFT: what its notation means."""

import io
from typing import Any

import pytest

from functions.imports.formats import gift
from functions.imports.syntax.drafts import Draft


def drafts(text: str) -> list[Draft]:
    return list(gift.read(io.StringIO(text)))


def question(text: str) -> dict[str, Any]:
    (draft,) = drafts(text)
    assert draft.problems == []
    return draft.question


def test_marks_tell_choices_apart() -> None:
    asked = question("Who wrote it?{~Soyinka =Achebe#Yes ~%50%Okri}")
    assert (asked["type"], asked["stem"], asked["correctOptionIds"]) == ("single", "Who wrote it?", ["b"])
    assert asked["options"] == [
        {"id": "a", "text": "Soyinka"},
        {"id": "b", "text": "Achebe", "feedback": "Yes"},
        {"id": "c", "text": "Okri"},
    ]
    several = question("Which are prime? {~%50%2 ~%-50%4 ~%50%7}")
    assert (several["type"], several["correctOptionIds"]) == ("multiple", ["a", "c"])


@pytest.mark.parametrize(
    ("answers", "is_true"), [("T", True), ("TRUE", True), ("f", False), ("FALSE#no#yes####because", False)]
)
def test_truth(answers: str, is_true: bool) -> None:
    asked = question(f"The Niger is a river.{{{answers}}}")
    assert (asked["type"], asked["correct"]) == ("true_false", is_true)
    assert asked.get("explanation") == ("because" if "####" in answers else None)


@pytest.mark.parametrize(
    ("answers", "value", "amount"),
    [
        ("#1822", "1822", "0"), ("#1822:5", "1822", "5"), ("#3.141..3.142", "3.1415", "0.0005"),
        ("#=1822:0 =%50%1822:2", "1822", "0"), ("#-2..2", "0", "2"), ("#3:2~#Wrong", "3", "2"),
    ],
)  # fmt: skip
def test_numbers_and_ranges(answers: str, value: str, amount: str) -> None:
    asked = question(f"When?{{{answers}}}")
    assert (asked["value"], asked["tolerance"]) == (value, {"kind": "absolute", "amount": amount})


def test_words_with_credit() -> None:
    asked = question("Where?{=Nazareth#Yes =%75%Nazereth =%0%*#No}")
    assert asked["accepted"] == [{"text": "Nazareth", "credit": "1"}, {"text": "Nazereth", "credit": "0.75"}]
    assert asked["explanation"] == "Yes"


def test_pairs_with_a_choice_too_many() -> None:
    asked = question("Match.{=Ghana -> Accra =Kenya -> Nairobi =Togo -> Accra = -> Lagos}")
    assert [choice["text"] for choice in asked["choices"]] == ["Accra", "Nairobi", "Lagos"]
    assert asked["pairs"] == {"p1": "c1", "p2": "c2", "p3": "c1"}


def test_an_empty_answer_part_is_an_essay() -> None:
    assert question("Why?{}") == {"type": "theory", "stem": "Why?"}


def test_marks_behind_a_backslash_are_text() -> None:
    asked = question(r"What is \{1\} \~ 2\: \\?{=\=1 =\#2}")
    assert asked["stem"] == r"What is {1} ~ 2: \?"
    assert [each["text"] for each in asked["accepted"]] == ["=1", "#2"]


def test_mathematics_keeps_its_backslashes_and_line_breaks_are_made() -> None:
    assert question(r"Is \(a \neq b\)?\nSay so.{T}")["stem"] == "Is \\(a \\neq b\\)?<br>Say so."


def test_formats() -> None:
    assert question("[plain]a < b{T}")["stem"] == "a &lt; b"
    assert question("[html]<b>a</b>{T}")["stem"] == "<b>a</b>"
    (draft,) = drafts("[markdown]**a**{T}")
    assert (draft.question["stem"], draft.notes) == ("**a**", ["Markdown is kept as plain text."])


def test_a_word_left_out_is_a_blank() -> None:
    assert question("Two and {=two} are four.")["stem"] == "Two and _____ are four."


def test_comments_names_and_categories() -> None:
    found = drafts(
        "// a comment\n$CATEGORY: $course$/Top/Default for Rivers\n\n::Name::One?{T}\n\n\n::Other::Two\n?{F}\n"
    )
    assert [(draft.row, draft.category, draft.question["stem"]) for draft in found] == [
        (1, "Rivers", "One?"),
        (2, "Rivers", "Two<br>?"),
    ]


@pytest.mark.parametrize(
    "text", ["Just a text.", "Open {=a", "No mark {a b}", "No right {=%50%a ~b}", "No number {#x}", "x" * 100_001]
)
def test_what_is_no_question_is_told_and_stops_no_other(text: str) -> None:
    first, second = drafts(f"{text}\n\nA good one?{{T}}")
    assert first.problems and first.original == [text[:100_000]]
    assert second.problems == []
