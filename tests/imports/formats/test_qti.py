"""QTI 2.1 and 2.2: items as the specification's examples have them."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.imports.formats.qti import package as qti
from functions.imports.syntax.drafts import Draft
from functions.imports.syntax.limits import Unreadable

One = Callable[[str], Draft]
SPACE = {"2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1", "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2"}


def item(body: str, responses: str = "", version: str = "2.1", more: str = "") -> str:
    attributes = 'identifier="i" title="An item" adaptive="false" timeDependent="false"'
    score = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="2"/>'
    return (
        f'<?xml version="1.0"?><assessmentItem xmlns="{SPACE[version]}" {attributes}>'
        f"{responses}{score}<itemBody>{body}</itemBody>{more}</assessmentItem>"
    )


def response(
    *values: str, kind: str = "identifier", cardinality: str = "single", name: str = "R", mapping: str = ""
) -> str:
    right = "".join(f"<value>{value}</value>" for value in values)
    right = f"<correctResponse>{right}</correctResponse>" if values else ""
    attributes = f'identifier="{name}" cardinality="{cardinality}" baseType="{kind}"'
    return f"<responseDeclaration {attributes}>{right}{mapping}</responseDeclaration>"


def packed(items: dict[str, str], manifest: list[str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in items.items():
            file.writestr(name, text)
        if manifest is not None:
            listed = "".join(
                f'<resource identifier="{name}" type="imsqti_item_xmlv2p1" href="{name}"/>' for name in manifest
            )
            file.writestr(
                "imsmanifest.xml",
                f'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>{listed}</resources></manifest>',
            )
    return out.getvalue()


def package(path: Path, items: dict[str, str], manifest: list[str] | None = None) -> list[Draft]:
    path.write_bytes(packed(items, manifest))
    return list(qti.read(path))


@pytest.fixture
def one(tmp_path: Path) -> One:
    def read(text: str) -> Draft:
        (draft,) = package(tmp_path / "one.zip", {"item.xml": text})
        return draft

    return read


@pytest.mark.parametrize("version", ["2.1", "2.2"])
def test_a_choice_with_feedback(one: One, version: str) -> None:
    body = """<p>Look at the <b>text</b>.</p>
<choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="1"><prompt>What does it say?</prompt>
<simpleChoice identifier="A">Stay &amp; wait<feedbackInline identifier="A"
 outcomeIdentifier="F">Yes</feedbackInline></simpleChoice>
<simpleChoice identifier="B">Go <img src="b.png" alt="away"/></simpleChoice></choiceInteraction>"""
    draft = one(item(body, response("A"), version))
    assert draft.problems == []
    assert draft.question == {
        "stem": "<p>Look at the <b>text</b>.</p> What does it say?", "marks": "2", "type": "single",
        "correctOptionIds": ["a"],
        "options": [{"id": "a", "text": "Stay &amp; wait", "feedback": "Yes"}, {"id": "b", "text": "Go [away]"}],
    }  # fmt: skip
    assert draft.notes == ["A picture is not in the file ('b.png'); its description stands in its place."]


def test_several_right_choices_by_response_or_by_mapping(one: One) -> None:
    choices = "".join(f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in "HOX")
    body = f'<choiceInteraction responseIdentifier="R" maxChoices="0">{choices}</choiceInteraction>'
    assert one(item(body, response("H", "O", cardinality="multiple"))).question["correctOptionIds"] == ["a", "b"]
    mapping = '<mapping><mapEntry mapKey="H" mappedValue="1"/><mapEntry mapKey="X" mappedValue="-2"/></mapping>'
    asked = one(item(body, response(cardinality="multiple", mapping=mapping))).question
    assert (asked["type"], asked["correctOptionIds"]) == ("multiple", ["a"])


def test_orders_and_matches(one: One) -> None:
    choices = "".join(f'<simpleChoice identifier="{name}">Driver {name}</simpleChoice>' for name in "ABC")
    ordered = one(
        item(
            f'<orderInteraction responseIdentifier="R">{choices}</orderInteraction>',
            response("C", "A", "B", cardinality="ordered"),
        )
    )
    assert ordered.question["correctOrder"] == ["c", "a", "b"]
    halves = [
        "".join(f'<simpleAssociableChoice identifier="{name}">{name}</simpleAssociableChoice>' for name in names)
        for names in ("CD", "MRT")
    ]
    sets = "".join(f"<simpleMatchSet>{half}</simpleMatchSet>" for half in halves)
    body = f'<matchInteraction responseIdentifier="R">{sets}</matchInteraction>'
    matched = one(item(body, response("C R", "D M", kind="directedPair", cardinality="multiple")))
    assert matched.question["pairs"] == {"p1": "c2", "p2": "c1"} and len(matched.question["choices"]) == 3
    twice = one(item(body, response("C R", "C M", kind="directedPair", cardinality="multiple")))
    assert twice.problems[0].field == "pairs"


def test_a_word_and_a_number(one: One) -> None:
    body = '<p>The capital of France is <textEntryInteraction responseIdentifier="R"/>.</p>'
    entries = (
        '<mapEntry mapKey="Paris" mappedValue="2" caseSensitive="true"/><mapEntry mapKey="Lutetia" mappedValue="1"/>'
    )
    mapping = f"<mapping>{entries}</mapping>"
    word = one(item(body, response("Paris", kind="string", mapping=mapping))).question
    assert (word["type"], word["stem"], word["caseSensitive"]) == (
        "short_text",
        "<p>The capital of France is .</p>",
        True,
    )
    assert word["accepted"] == [{"text": "Paris", "credit": "1"}, {"text": "Lutetia", "credit": "0.5"}]
    processing = (
        '<responseProcessing><equal toleranceMode="{}" tolerance="{}">'
        '<variable identifier="R"/><correct identifier="R"/></equal></responseProcessing>'
    )
    for mode, tolerance, expected in (
        ("absolute", "0.5 0.25", ("absolute", "0.5")),
        ("relative", "1", ("relative", "0.01")),
        ("exact", "", ("absolute", "0")),
    ):
        number = one(item(body, response("3.14", kind="float"), more=processing.format(mode, tolerance))).question
        assert (number["value"], number["tolerance"]) == ("3.14", {"kind": expected[0], "amount": expected[1]})


def test_gaps_in_a_text(one: One) -> None:
    choices = '<inlineChoice identifier="W">winter</inlineChoice><inlineChoice identifier="S">spring</inlineChoice>'
    season = f'<inlineChoiceInteraction responseIdentifier="A">{choices}</inlineChoiceInteraction>'
    body = f'<p>Now is the {season} of our <textEntryInteraction responseIdentifier="B"/> made glorious.</p>'
    draft = one(item(body, response("W", name="A") + response("discontent", kind="string", name="B")))
    assert draft.question["stem"] == "<p>Now is the {{1}} of our {{2}} made glorious.</p>"
    assert (draft.question["gaps"]["1"]["correctOptionIds"], draft.question["gaps"]["2"]["accepted"][0]["text"]) == (
        ["a"],
        "discontent",
    )


def test_essays_and_files(one: One) -> None:
    assert one(item('<p>Why?</p><extendedTextInteraction responseIdentifier="R"/>')).question["type"] == "theory"
    sent = one(item('<p>Draw.</p><uploadInteraction responseIdentifier="R" type="image/png"/>')).question
    assert (sent["type"], sent["fileKinds"]) == ("practical", ["image"])


def test_mathematics_and_feedback(one: One) -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi><mo>&lt;</mo><mn>2</mn></math>'
    more = '<modalFeedback outcomeIdentifier="F" identifier="a" showHide="show">So it is.</modalFeedback>'
    draft = one(item(f'<p>Is {math}?</p><extendedTextInteraction responseIdentifier="R"/>', more=more))
    assert (draft.question["stem"], draft.question["explanation"]) == ("<p>Is \\(x\\lt 2\\)?</p>", "So it is.")


@pytest.mark.parametrize(
    "text",
    [
        item('<hotspotInteraction responseIdentifier="R"/>'), item("<p>Nothing</p>"),
        item("").replace("itemBody", "other"),
        item(
            '<choiceInteraction responseIdentifier="R"><simpleChoice identifier="A">a</simpleChoice>'
            "</choiceInteraction>",
        ),
        item('<extendedTextInteraction responseIdentifier="R"/><uploadInteraction responseIdentifier="S"/>'),
    ],
)  # fmt: skip
def test_items_that_can_not_be_taken_are_told(one: One, text: str) -> None:
    assert one(text).problems


def test_items_come_in_the_order_of_the_manifest(tmp_path: Path) -> None:
    items = {
        name: item(f'<p>{name}</p><extendedTextInteraction responseIdentifier="R"/>')
        for name in ("a.xml", "b.xml", "sub/c d.xml")
    }
    found = package(
        tmp_path / "p.zip", items | {"test.xml": "<assessmentTest/>"}, ["sub/c%20d.xml", "b.xml", "missing.xml"]
    )
    stems = [draft.question.get("stem") for draft in found]
    assert stems == ["<p>sub/c d.xml</p>", "<p>b.xml</p>", None, "<p>a.xml</p>"]
    assert [draft.row for draft in found] == [1, 2, 3, 4]
    assert found[2].problems == [("file", "The manifest names 'missing.xml', and the package has no such file.")]


def test_a_package_without_items_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        package(tmp_path / "p.zip", {"x.txt": "x"}, [])
