"""Moodle XML and its gaps: what each type becomes, and what is told of those that have no counterpart."""

import io
from pathlib import Path
from typing import Any

import pytest

from tests.support.samples import samples

from functions.imports.formats import moodle_xml, reader
from functions.imports.formats.cloze import read_gaps
from functions.imports.syntax.drafts import Draft

FIXTURES = samples("moodle-questions")
CHOICE = """<defaultgrade>2.0000000</defaultgrade><single>{single}</single>
<generalfeedback><text>Because.</text></generalfeedback>
<answer fraction="{a}" format="html"><text><![CDATA[<b>one</b>]]></text><feedback><text>Yes</text></feedback></answer>
<answer fraction="{b}" format="plain_text"><text>a &lt; b</text></answer>
<answer fraction="{c}"><text>three</text></answer>
<hint><text>Think.</text></hint><tags><tag><text>maths</text></tag></tags>"""


def drafts(*questions: str) -> list[Draft]:
    return list(moodle_xml.read(io.BytesIO(f"<quiz>{''.join(questions)}</quiz>".encode())))


def question(kind: str, inside: str, stem: str = "Which one?") -> Draft:
    (draft,) = drafts(
        f'<question type="{kind}"><questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
        f"{inside}</question>"
    )
    return draft


def test_a_choice_of_one() -> None:
    draft = question("multichoice", CHOICE.format(single="true", a=0, b=100, c=-50))
    assert draft.question == {
        "stem": "Which one?", "explanation": "Because.", "marks": "2", "hints": ["Think."], "tags": ["maths"],
        "type": "single",
        "options": [
            {"id": "a", "text": "<b>one</b>", "feedback": "Yes"}, {"id": "b", "text": "a &lt; b"},
            {"id": "c", "text": "three"},
        ],
        "correctOptionIds": ["b"],
    }  # fmt: skip
    assert draft.problems == [] and len(draft.notes) == 1


def test_a_choice_of_several() -> None:
    asked = question("multichoice", CHOICE.format(single="false", a=50, b=50, c=0)).question
    assert (asked["type"], asked["correctOptionIds"]) == ("multiple", ["a", "b"])


@pytest.mark.parametrize("single", ["true", "false"])
def test_a_choice_without_a_right_one_is_told(single: str) -> None:
    assert (
        question("multichoice", CHOICE.format(single=single, a=0, b=0, c=-10)).problems[0].field == "correctOptionIds"
    )


def test_truth() -> None:
    answers = '<answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer>'
    assert question("truefalse", answers).question["correct"] is False
    assert question("truefalse", answers.replace("100", "0")).problems


def test_words_numbers_and_units() -> None:
    answers = (
        '<answer fraction="100"><text>{}</text><tolerance>0.5</tolerance></answer>'
        '<answer fraction="50"><text>{}</text></answer>'
    )
    words = question("shortanswer", f"<usecase>1</usecase>{answers.format('Paris', 'Lutetia')}").question
    assert (words["accepted"], words["caseSensitive"]) == (
        [{"text": "Paris", "credit": "1"}, {"text": "Lutetia", "credit": "0.5"}],
        True,
    )
    number = question("numerical", f"{answers.format('3,5', '4')}<units><unit><unit_name>m</unit_name></unit></units>")
    assert [number.question[name] for name in ("value", "tolerance", "unit")] == [
        "3.5",
        {"kind": "absolute", "amount": "0.5"},
        "m",
    ]
    assert number.notes == ["Of several values of a number the wholly right one is kept."]


def test_pairs_and_orders() -> None:
    pairs = "".join(
        f'<subquestion format="html"><text>{prompt}</text><answer><text>{choice}</text></answer></subquestion>'
        for prompt, choice in (("Ghana", "Accra"), ("Kenya", "Nairobi"), ("", "Lagos"))
    )
    asked = question("matching", pairs).question
    assert (len(asked["prompts"]), len(asked["choices"]), asked["pairs"]) == (2, 3, {"p1": "c1", "p2": "c2"})
    ordered = question("ordering", "<answer><text>one</text></answer><answer><text>two</text></answer>").question
    assert ordered["correctOrder"] == ["a", "b"]


def test_essays_and_files() -> None:
    asked = question(
        "essay", "<graderinfo format='html'><text>Look for light.</text></graderinfo><maxwordlimit>300</maxwordlimit>"
    ).question
    assert (asked["type"], asked["wordLimit"], asked["rubric"]["criteria"][0]["text"]) == (
        "theory",
        "300",
        "Look for light.",
    )
    files = (
        "<responseformat>noinline</responseformat><attachments>2</attachments>"
        "<filetypeslist>.png,.jpg,.pdf</filetypeslist>"
    )
    sent = question("essay", files).question
    assert (sent["type"], sent["fileKinds"], sent["maxFiles"]) == ("practical", ["image", "pdf"], "2")


def test_files_that_are_not_there_leave_their_descriptions() -> None:
    draft = question(
        "essay",
        "",
        stem='See <img src="@@PLUGINFILE@@/a.png" alt="A map"/> <img src="@@PLUGINFILE@@/b.png"/> '
        '<a href="@@PLUGINFILE@@/c.mp3">x</a>',
    )
    assert draft.question["stem"] == 'See [A map] [image] <a href="">x</a>'
    assert [note.split(";")[0] for note in draft.notes] == [
        "A picture is not in the file ('@@PLUGINFILE@@/a.png')",
        "A picture is not in the file ('@@PLUGINFILE@@/b.png')",
        "Files inside the question other than pictures are not taken over.",
    ]


@pytest.mark.parametrize("kind", ["description", "calculated", "ddmarker", "random", ""])
def test_types_without_a_counterpart_are_told_by_name(kind: str) -> None:
    assert question(kind, "").problems[0] == ("type", f"Questions of the type {kind!r} can not be taken.")


def test_categories_name_the_topic_of_what_follows() -> None:
    found = drafts(
        '<question type="category"><category><text>$course$/Top/Default for Rivers</text></category></question>',
        '<question type="essay"><questiontext><text>Why?</text></questiontext></question>',
        '<question type="category"><category><text>$course$/A//B</text></category></question>',
        '<question type="essay"><questiontext><text>How?</text></questiontext></question>',
    )
    assert [(draft.row, draft.category) for draft in found] == [(1, "Rivers"), (2, "A/B")]


def gaps(text: str) -> tuple[str, dict[str, Any], Draft]:
    draft = Draft(1, [])
    stem, found = read_gaps(text, draft)
    return stem, found, draft


def test_gaps_of_every_kind() -> None:
    stem, found, draft = gaps(r"A {1:MC:=x#yes~y} b {1:SAC:%100%Caf&#233;~%50%Bar~*} c {2:NM:=3.5:0.5#ok} d \{plain\}.")
    assert stem == r"A {{1}} b {{2}} c {{3}} d \{plain\}."
    assert found["1"] == {
        "type": "single",
        "options": [{"id": "a", "text": "x", "feedback": "yes"}, {"id": "b", "text": "y"}],
        "correctOptionIds": ["a"],
    }
    assert (
        found["2"]["accepted"] == [{"text": "Café", "credit": "1"}, {"text": "Bar", "credit": "0.5"}]
        and found["2"]["caseSensitive"]
    )
    assert found["3"] == {"type": "numeric", "value": "3.5", "tolerance": {"kind": "absolute", "amount": "0.5"}}
    assert draft.problems == [] and len(draft.notes) == 2


def test_marks_behind_a_backslash_are_text_inside_gaps() -> None:
    _, found, _ = gaps(r"{:SA:=a\~b\#c\}d}")
    assert found["1"]["accepted"][0]["text"] == "a~b#c}d"


@pytest.mark.parametrize(
    "text",
    [
        "none", "{1:MC}", "{1:MC:=x}", "{1:MC:x~%50%y}", "{1:NM:=zero}", "{1:SA:%0%x}", "{1:MR:=x~=y}",
        "{{1}} {1:SA:=x}", "{:SA:=x}" * 31,
    ],
)  # fmt: skip
def test_gaps_that_are_broken_are_told(text: str) -> None:
    assert gaps(text)[2].problems


@pytest.mark.skipif(not FIXTURES.exists(), reason="Moodle's own questions are not here")
@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*-*")), ids=lambda path: path.name)
def test_every_file_of_moodles_own_tests_is_read_or_told(path: Path) -> None:
    kind = {"aiken": "aiken", "gift": "gift", "xml": "moodle_xml"}[path.name.split("-")[0]]
    found = list(reader.read(path, kind, {}).drafts)
    wrong = [draft.row for draft in found if draft.problems]
    expected = {"aiken-aiken_errors.txt": [1, 2, 4], "xml-broken_cloze_questions.xml": [1, 2, 3, 4, 5]}
    assert found and wrong == expected.get(path.name, [])
