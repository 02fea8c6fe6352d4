"""QTI as authoring tools of schools write it: grids, tooltips, rules of their own making, widgets of their own.

The items are small ones with the features that files of TAO have.
"""

from collections.abc import Callable

import pytest

from tests.imports.formats.test_qti import item, one, response

from functions.imports.syntax.drafts import Draft

__all__ = ["one"]
One = Callable[[str], Draft]


def grid(*cells: str) -> str:
    """Put pieces of an item's body in the rows and columns that an editor lays them out in."""
    return "".join(f'<div class="grid-row"><div class="col-12">{cell}</div></div>' for cell in cells)


def same(name: str, text: str) -> str:
    """Write the rule that an answer is a text, whatever its case."""
    value = f'<baseValue baseType="string">{text}</baseValue>'
    return f'<stringMatch caseSensitive="false"><variable identifier="{name}"/>{value}</stringMatch>'


def found(flag: str, *rules: str) -> str:
    """Write the rule that sets a flag when one of several rules holds."""
    one_of = f"<or>{''.join(rules)}</or>"
    then = f'<setOutcomeValue identifier="{flag}"><baseValue baseType="integer">1</baseValue></setOutcomeValue>'
    return f"<responseCondition><responseIf>{one_of}{then}</responseIf></responseCondition>"


def score(*flags: str) -> str:
    """Write the rule that the score is the sum of flags."""
    added = "".join(f'<variable identifier="{flag}"/>' for flag in flags)
    return f'<setOutcomeValue identifier="SCORE"><sum>{added}</sum></setOutcomeValue>'


def counted(*names: str) -> str:
    """Write the rules that add one for each answer that is as declared."""
    plus = '<sum><variable identifier="SCORE"/><baseValue baseType="integer">1</baseValue></sum>'
    return "".join(
        f'<responseCondition><responseIf><match><variable identifier="{name}"/><correct identifier="{name}"/></match>'
        f'<setOutcomeValue identifier="SCORE">{plus}</setOutcomeValue></responseIf></responseCondition>'
        for name in names
    )


def processing(*rules: str) -> str:
    return f"<responseProcessing>{''.join(rules)}</responseProcessing>"


ENTRY = '<p>Name a fruit that keeps the doctor away: <textEntryInteraction responseIdentifier="R"/></p>'
FLAG = '<outcomeDeclaration identifier="{0}" cardinality="single" baseType="integer"/>'


TIP = (
    '<p>A <span data-role="tooltip-target" aria-describedby="t1">prime</span><span data-role="tooltip-content" '
    'aria-hidden="true" id="t1">Divided by <b>one</b> and itself.</span> is</p>'
)
CHOICE = (
    '<choiceInteraction responseIdentifier="R" shuffle="false" maxChoices="0"><prompt><p>Which?</p></prompt>'
    '<simpleChoice identifier="choice_1" fixed="false" showHide="show">2</simpleChoice>'
    '<simpleChoice identifier="choice_2">4</simpleChoice></choiceInteraction>'
)
INLINE = (
    '<p>A <inlineChoiceInteraction responseIdentifier="{0}"><inlineChoice identifier="a">cat</inlineChoice>'
    '<inlineChoice identifier="b">dog</inlineChoice></inlineChoiceInteraction> barks.</p>'
)
TWO = '<p>Two: <textEntryInteraction responseIdentifier="R"/> and <textEntryInteraction responseIdentifier="S"/></p>'
TEMPLATE = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{0}"/>'


def test_words_that_only_rules_name_are_what_is_right(one: One) -> None:
    rules = processing(found("G", same("R", "apple"), same("R", "apples")), score("G"))
    draft = one(item(grid(ENTRY), response(kind="string") + FLAG.format("G"), more=rules))
    assert draft.problems == []
    assert draft.question["accepted"] == [{"text": "apple", "credit": "1"}, {"text": "apples", "credit": "1"}]
    assert draft.question["caseSensitive"] is False
    assert len(draft.notes) == 1


def test_an_item_without_any_answer_is_refused_once(one: One) -> None:
    for draft in (
        one(item(grid(ENTRY), response(kind="string"), more=processing(score("G")))),
        one(item(grid(CHOICE), response(cardinality="multiple"), "2.2", TEMPLATE.format("match_correct"))),
    ):
        assert len(draft.problems) == 1
        assert "does not say which" in draft.problems[0].message


def test_answers_that_may_stand_in_any_gap_are_refused_and_not_half_taken(one: One) -> None:
    def either(text: str) -> tuple[str, str]:
        return same("R", text), same("S", text)

    rules = processing(found("G", *either("Ghana")), found("K", *either("Kenya")), score("G", "K"))
    declared = response(kind="string") + response(kind="string", name="S") + FLAG.format("G") + FLAG.format("K")
    draft = one(item(grid(TWO), declared, more=rules))
    assert [problem.field for problem in draft.problems] == ["gaps"]
    assert "in any of its gaps" in draft.problems[0].message


def test_gaps_that_each_add_one_are_taken_and_those_that_count_together_are_told(one: One) -> None:
    declared = response("b") + response("b", name="S")
    draft = one(item(grid(INLINE.format("R"), INLINE.format("S")), declared, more=processing(counted("R", "S"))))
    assert (draft.problems, draft.notes) == ([], [])
    assert [gap["correctOptionIds"] for gap in draft.question["gaps"].values()] == [["b"], ["b"]]
    both = "".join(
        f'<match><variable identifier="{name}"/><correct identifier="{name}"/></match>' for name in ("R", "S")
    )
    value = '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">2</baseValue></setOutcomeValue>'
    rule = f"<responseCondition><responseIf><and>{both}</and>{value}</responseIf></responseCondition>"
    draft = one(item(grid(INLINE.format("R"), INLINE.format("S")), declared, more=processing(rule)))
    assert draft.notes == ["The gaps of the item count together; here each counts by itself."]


def test_a_tooltip_stands_behind_its_word_and_is_told(one: One) -> None:
    more = TEMPLATE.format("match_correct")
    draft = one(item(grid(TIP, CHOICE), response("choice_1", cardinality="multiple"), "2.2", more))
    assert draft.problems == []
    assert "prime</span> (Divided by one and itself.) is" in draft.question["stem"]
    assert draft.notes == ["Texts of tooltips stand in parentheses."]


LIKERT = (
    '<customInteraction responseIdentifier="R"><pci:portableCustomInteraction customInteractionTypeIdentifier="likert" '
    'xmlns:pci="http://www.imsglobal.org/xsd/portableCustomInteraction"><pci:markup/></pci:portableCustomInteraction>'
    "</customInteraction>"
)
PAIRS = (
    '<associateInteraction responseIdentifier="R"><simpleAssociableChoice identifier="E">Earth'
    "</simpleAssociableChoice></associateInteraction>"
)
SLIDER = '<sliderInteraction responseIdentifier="R" lowerBound="0" upperBound="9"/>'
ESSAY = '<extendedTextInteraction responseIdentifier="R"><prompt>Why?</prompt></extendedTextInteraction>'


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (LIKERT, "a customInteraction (likert)"),
        (PAIRS, "an associateInteraction"),
        (SLIDER, "a sliderInteraction"),
        (ESSAY + CHOICE, "2 interactions"),
    ],
)
def test_what_a_question_can_not_be_is_refused_by_its_name(one: One, body: str, named: str) -> None:
    draft = one(item(grid("<p>How much?</p>", body), response(kind="integer")))
    assert [problem.field for problem in draft.problems] == ["type"]
    assert named in draft.problems[0].message
    assert "How much?" in draft.question["stem"]


def test_guidelines_for_scorers_are_the_rubric_of_an_essay(one: One) -> None:
    body = (
        '<extendedTextInteraction responseIdentifier="R" expectedLength="200"><prompt>Write.</prompt>'
        '</extendedTextInteraction><rubricBlock view="scorer"><h1>Guidelines <img src="http://example.org/logo.png" '
        'alt="logo"/></h1><ul><li>One for each answer.</li></ul></rubricBlock>'
    )
    draft = one(item(grid(body), response(kind="string")))
    assert (draft.problems, draft.question["type"]) == ([], "theory")
    (criterion,) = draft.question["rubric"]["criteria"]
    assert "<li>One for each answer.</li>" in criterion["text"]
    assert draft.notes == [
        "A picture is not in the file but at http://example.org/logo.png; its description stands in its place."
    ]
