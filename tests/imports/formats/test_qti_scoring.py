"""Items as Cito's and TAO's tools write them: what their own rules count decides what is right, or is reported.

The shapes of the rules are those of the samples of both; texts and numbers are made up.
"""

import io
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from tests.imports.formats.test_qti import item, response

from functions.imports.formats.qti import package as qti
from functions.imports.formats.qti import rules as qti_rules
from functions.imports.formats.qti.operators import Unknown
from functions.imports.formats.qti.rules import Rules
from functions.imports.syntax.drafts import SEVERAL_RIGHT, Draft
from functions.imports.syntax.safe_xml import elements

SET_SCORE = '<setOutcomeValue identifier="SCORE">{}</setOutcomeValue>'
ONE_MORE = SET_SCORE.format('<sum><baseValue baseType="integer">1</baseValue><variable identifier="SCORE"/></sum>')
IS_ONE = '<gte><variable identifier="SCORE"/><baseValue baseType="integer">1</baseValue></gte>'
ONE, NONE = (SET_SCORE.format(f'<baseValue baseType="integer">{value}</baseValue>') for value in (1, 0))
CAPPED = (
    f"<responseCondition><responseIf>{IS_ONE}{ONE}</responseIf><responseElse>{NONE}</responseElse></responseCondition>"
)


def rules(*conditions: str, scored: str = ONE_MORE, then: str = CAPPED) -> str:
    made = "".join(
        f"<responseCondition><responseIf>{each}{scored}</responseIf></responseCondition>" for each in conditions
    )
    return f"<responseProcessing>{made}{then}</responseProcessing>"


def member(value: str, name: str = "R", kind: str = "identifier") -> str:
    return f'<member><baseValue baseType="{kind}">{value}</baseValue><variable identifier="{name}"/></member>'


def says(value: str, name: str = "R", cased: str = "true") -> str:
    base = f'<baseValue baseType="string">{value}</baseValue>'
    return f'<stringMatch caseSensitive="{cased}"><variable identifier="{name}"/>{base}</stringMatch>'


def equals(value: str, name: str, mode: str = 'toleranceMode="exact"') -> str:
    base = f'<baseValue baseType="integer">{value}</baseValue>'
    return f'<equal {mode}><variable identifier="{name}"/>{base}</equal>'


def choice(maximum: int = 1) -> str:
    made = "".join(f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in "ABC")
    return f'<p>Which?</p><choiceInteraction responseIdentifier="R" maxChoices="{maximum}">{made}</choiceInteraction>'


ENTRY = '<p>A river: <textEntryInteraction responseIdentifier="R"/></p>'


def read(tmp_path: Path, text: str) -> Draft:
    path = tmp_path / "item.xml"
    path.write_text(text)
    (draft,) = qti.read(path)
    return draft


def parsed(text: str) -> Element:
    return next(elements(io.BytesIO(text.encode()), {"assessmentItem"}))


def test_a_choice_by_membership_is_scored_as_declared(tmp_path: Path) -> None:
    draft = read(tmp_path, item(choice(), response("C"), more=rules(member("C"))))
    assert (draft.question["correctOptionIds"], draft.notes, draft.problems) == (["c"], [], [])


def test_rules_that_count_another_choice_than_is_declared_decide_and_are_told(tmp_path: Path) -> None:
    draft = read(tmp_path, item(choice(), response("C"), more=rules(member("B"))))
    assert draft.question["correctOptionIds"] == ["b"]
    assert draft.notes == ["The item's rules count 'B' as right, and it declares 'c'; the rules are taken."]


def test_two_keys_of_one_answer_are_told(tmp_path: Path) -> None:
    either = f"<and><or>{member('A')}{member('C')}</or></and>"
    draft = read(tmp_path, item(choice(), response("C", "A"), more=rules(either)))
    assert SEVERAL_RIGHT in [problem.message for problem in draft.problems]


@pytest.mark.parametrize(("cased", "expected"), [("true", True), ("false", False)])
def test_a_word_is_right_as_its_rule_compares_it(tmp_path: Path, cased: str, expected: bool) -> None:
    draft = read(tmp_path, item(ENTRY, response("Niger", kind="string"), more=rules(says("Niger", cased=cased))))
    assert draft.question["accepted"] == [{"text": "Niger", "credit": "1"}]
    assert (draft.question["caseSensitive"], draft.notes) == (expected, [])


def test_words_that_earn_less_keep_their_part(tmp_path: Path) -> None:
    half = SET_SCORE.format('<baseValue baseType="float">0.5</baseValue>')
    whole = SET_SCORE.format('<baseValue baseType="float">1</baseValue>')
    more = (
        f"<responseProcessing><responseCondition><responseIf>{says('Niger')}{whole}</responseIf>"
        f"<responseElseIf>{says('Joliba')}{half}</responseElseIf></responseCondition></responseProcessing>"
    )
    draft = read(tmp_path, item(ENTRY, response("Niger", kind="string"), more=more))
    assert draft.question["accepted"] == [{"text": "Niger", "credit": "1"}, {"text": "Joliba", "credit": "0.5"}]
    assert len(draft.notes) == 1


def test_two_numbers_that_count_together_are_those_of_the_rule(tmp_path: Path) -> None:
    """The declaration and the rule of such an item may name other numbers; candidates are marked by the rule."""
    body = '<p><textEntryInteraction responseIdentifier="A"/> and <textEntryInteraction responseIdentifier="B"/>.</p>'
    declared = response("3", kind="integer", name="A") + response("8", kind="integer", name="B")
    both = f"<and>{equals('10', 'A')}{equals('15', 'B')}</and>"
    draft = read(tmp_path, item(body, declared, more=rules(both)))
    assert [gap["value"] for gap in draft.question["gaps"].values()] == ["10", "15"]
    assert [note.partition(";")[0] for note in draft.notes] == [
        "The gaps of the item count together",
        "The item's rules count '10' as right, and it declares '3'",
        "The item's rules count '15' as right, and it declares '8'",
    ]


def test_gaps_that_count_by_a_table_of_sums_keep_their_choices(tmp_path: Path) -> None:
    gaps = "".join(
        f'<inlineChoiceInteraction responseIdentifier="R{number}"><inlineChoice identifier="X">x</inlineChoice>'
        '<inlineChoice identifier="Y">y</inlineChoice></inlineChoiceInteraction>'
        for number in (1, 2)
    )
    table = "".join(
        f'<interpolationTableEntry sourceValue="{source}" targetValue="{target}"/>'
        for source, target in ((2, 1), (1, 0), (0, 0))
    )
    raw = '<outcomeDeclaration identifier="RAW{}" cardinality="single" baseType="float"/>'
    outcomes = raw.format(1) + raw.format(2)
    counted = "".join(
        f"<responseCondition><responseIf>{member(right, f'R{number}')}<setOutcomeValue identifier='RAW{number}'>"
        f"<sum><variable identifier='RAW{number}'/><baseValue baseType='float'>1</baseValue></sum></setOutcomeValue>"
        "</responseIf></responseCondition>"
        for number, right in ((1, "Y"), (2, "X"))
    )
    looked = (
        '<lookupOutcomeValue identifier="SCORE"><sum><variable identifier="RAW1"/><variable identifier="RAW2"/></sum>'
        "</lookupOutcomeValue>"
    )
    text = item(f"<p>{gaps}</p>", response("Y", name="R1") + response("X", name="R2") + outcomes,
                more=f"<responseProcessing>{counted}{looked}</responseProcessing>")  # fmt: skip
    looks_up = f'normalMaximum="2"><interpolationTable>{table}</interpolationTable></outcomeDeclaration>'
    text = text.replace('normalMaximum="2"/>', looks_up)
    draft = read(tmp_path, text)
    assert [gap["correctOptionIds"] for gap in draft.question["gaps"].values()] == [["b"], ["a"]]
    assert (draft.notes, draft.problems) == (["The gaps of the item count together; here each counts by itself."], [])


def test_an_order_that_counts_place_by_place_is_the_one_declared(tmp_path: Path) -> None:
    right = ("C", "A", "B")
    placed = [
        f'<match><index n="{place}"><variable identifier="R"/></index>'
        f'<baseValue baseType="identifier">{name}</baseValue></match>'
        for place, name in enumerate(right, 1)
    ]
    made = "".join(f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in "ABC")
    body = f'<p>Put in order.</p><orderInteraction responseIdentifier="R">{made}</orderInteraction>'
    text = item(body, response(*right, cardinality="ordered"), more=rules(*placed, then=""))
    assert read(tmp_path, text).notes == []
    wrong = item(body, response("A", "B", "C", cardinality="ordered"), more=rules(*placed, then=""))
    assert "rules give" in read(tmp_path, wrong).notes[0]


@pytest.mark.parametrize("template", ["match_correct", "map_response", "match_correct.xml"])
def test_standard_templates_are_known(tmp_path: Path, template: str) -> None:
    address = f"http://www.imsglobal.org/question/qti_v2p1/rptemplates/{template}"
    entries = '<mapEntry mapKey="A" mappedValue="1"/><mapEntry mapKey="B" mappedValue="-1"/>'
    mapping = f'<mapping lowerBound="0">{entries}</mapping>'
    text = item(
        choice(0),
        response("A", cardinality="multiple", mapping=mapping),
        more=f'<responseProcessing template="{address}"/>',
    )
    draft = read(tmp_path, text)
    assert draft.question["correctOptionIds"] == ["a"]
    assert not any("rules of its own" in note for note in draft.notes)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (rules('<customOperator definition="own:Trim"><variable identifier="R"/></customOperator>'), "own:Trim"),
        (rules('<stringMatch caseSensitive="true"><customOperator definition="own:ToAscii"><variable identifier="R"/>'
               '</customOperator><baseValue baseType="string">x</baseValue></stringMatch>'), "own:ToAscii"),
        ('<responseProcessing template="http://example.org/own_template"/>', "own_template"),
        (rules("<patternMatch><variable identifier='R'/></patternMatch>"), "patternMatch"),
    ],
)  # fmt: skip
def test_rules_that_are_not_known_are_named(tmp_path: Path, more: str, named: str) -> None:
    draft = read(tmp_path, item(ENTRY, response("Niger", kind="string"), more=more))
    assert draft.question["accepted"] == [{"text": "Niger", "credit": "1"}]
    assert draft.notes == [f"The item is scored by rules of its own ({named}); what it declares as right is taken."]


def test_rules_without_end_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qti_rules, "_MOST_STEPS", 100)
    many = rules(*[member("A")] * 60, then="")
    text = item(choice(), response("A"), more=many)
    element = parsed(text)
    with pytest.raises(Unknown, match="too many"):
        Rules(element).score({"R": "A"})


@pytest.mark.parametrize(
    ("condition", "answer", "score"),
    [
        (equals("10", "R", 'toleranceMode="absolute" tolerance="1 2"'), "12", 1),
        (equals("10", "R", 'toleranceMode="absolute" tolerance="1 2"'), "8.9", 0),
        (equals("200", "R", 'toleranceMode="relative" tolerance="5"'), "210", 1),
        (equals("200", "R", 'toleranceMode="relative" tolerance="5"'), "211", 0),
        (f"<not>{equals('1', 'R')}</not>", "2", 1),
        ("<isNull><variable identifier='R'/></isNull>", "2", 0),
        (f"<or>{equals('1', 'R')}{equals('2', 'R')}</or>", "2", 1),
    ],
)
def test_single_rules_mean_what_the_standard_says(condition: str, answer: str, score: int) -> None:
    found = Rules(parsed(item(ENTRY, response("10", kind="float"), more=rules(condition))))
    assert found.score({"R": found.value("R", answer)}) == Decimal(score)


def dragged(*pairs: str, more: str = "") -> str:
    texts = "".join(
        f'<gapText identifier="{name}" matchMax="0">{name.lower()}</gapText>' for name in ("IN", "OUT", "UP")
    )
    body = (
        '<p>Fill in.</p><gapMatchInteraction responseIdentifier="R" shuffle="false"><prompt>Breathing</prompt>'
        f'{texts}<p>Oxygen goes <gap identifier="G1"/>, carbon dioxide <gap identifier="G2"/>.</p>'
        "</gapMatchInteraction>"
    )
    return item(body, response(*pairs, kind="directedPair", cardinality="multiple"), more=more)


def pair(value: str) -> str:
    return member(value, kind="directedPair")


def test_texts_that_are_dragged_into_gaps_become_gaps_with_choices(tmp_path: Path) -> None:
    more = rules(pair("IN G1"), pair("OUT G2"), then="")
    draft = read(tmp_path, dragged("IN G1", "OUT G2", more=more))
    assert (draft.problems, draft.notes, draft.question["type"]) == ([], [], "cloze")
    assert draft.question["stem"] == "<p>Fill in.</p> Breathing <p>Oxygen goes {{1}}, carbon dioxide {{2}}.</p>"
    gaps = draft.question["gaps"]
    assert [gap["correctOptionIds"] for gap in gaps.values()] == [["a"], ["b"]]
    assert [option["text"] for option in gaps["1"]["options"]] == ["in", "out", "up"]
    assert all(option["pinned"] for option in gaps["2"]["options"])


def test_a_gap_that_stays_empty_is_told(tmp_path: Path) -> None:
    draft = read(tmp_path, dragged("IN G1"))
    assert [problem.field for problem in draft.problems] == ["gaps.2"]


def test_pairs_that_rules_do_not_ask_for_are_told(tmp_path: Path) -> None:
    draft = read(tmp_path, dragged("IN G1", "OUT G2", more=rules(pair("IN G1"), then="")))
    assert draft.notes == ["The item's rules give the most for several answers; the one that it declares is taken."]
