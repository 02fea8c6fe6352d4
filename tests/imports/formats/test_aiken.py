"""Aiken: a question, options, and the line that names the right one."""

import io

from functions.imports.formats import aiken
from functions.imports.syntax.drafts import Draft

ERRORS = """A question with too few answers
A) Only answer
ANSWER: A

A) Question not started

ANSWER: Question not started

A good question
A) Correct
B) Incorrect
ANSWER: A

A question started but not finished
A) Correct-ish
B) Incorrect-ish

Another
on two lines
A)No space
B. A point
ANSWER: B"""


def drafts(text: str) -> list[Draft]:
    return list(aiken.read(io.StringIO(text)))


def test_questions_are_read_and_broken_ones_are_told() -> None:
    found = drafts(ERRORS)
    assert [draft.row for draft in found] == [1, 2, 3, 4, 5]
    assert [not draft.problems for draft in found] == [False, False, True, False, True]
    assert (found[4].question["stem"], found[4].question["correctOptionIds"]) == ("Another<br>on two lines", ["b"])
    assert found[4].original == ["Another\non two lines\nA) No space\nB) A point\nANSWER: B"]


def test_several_letters_make_several_right() -> None:
    (draft,) = drafts("Which?\nA) a\nB) b\nC) c\nANSWER: A, C\n")
    assert (draft.question["type"], draft.question["correctOptionIds"]) == ("multiple", ["a", "c"])


def test_text_is_text() -> None:
    (draft,) = drafts("Is <b> a tag?\nA) <i>\nB) no & never\nANSWER: A")
    assert draft.question["stem"] == "Is &lt;b&gt; a tag?"
    assert [option["text"] for option in draft.question["options"]] == ["&lt;i&gt;", "no &amp; never"]


def test_an_answer_that_is_no_option_is_told() -> None:
    (draft,) = drafts("Which?\nA) a\nB) b\nANSWER: D")
    assert {problem.field for problem in draft.problems} == {"correctOptionIds"}
