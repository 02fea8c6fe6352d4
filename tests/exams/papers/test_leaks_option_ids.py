"""Option ids and places tell nothing of what is right, whichever way a question came in."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.model.catalog import Topic
from lyceum.rules.questions.presentation import present
from lyceum.rules.questions.storage import stored
from lyceum.rules.questions.types import read_question

from functions.imports.formats import reader

COUNT = 120
"""Of so many questions with four options, more than 50 right by one rule would come once in ten thousand runs."""
MOST_BY_CHANCE = 50
WRONG = ("second", "third", "fourth")
TOPIC = Topic(topic_id="0" * 26, course_id="C", department_id="D")


def texts(number: int) -> list[str]:
    return [f"{word} {number}" for word in ("first", *WRONG)]


def gift() -> str:
    return "\n\n".join(
        f"Question {n}?{{={texts(n)[0]} {' '.join('~' + each for each in texts(n)[1:])}}}" for n in range(COUNT)
    )


def gift_cloze() -> str:
    return "\n\n".join(
        f"Gap {n} {{={texts(n)[0]} {' '.join('~' + each for each in texts(n)[1:])}}} goes on." for n in range(COUNT)
    )


def aiken() -> str:
    lines = [
        "\n".join(f"{letter}) {text}" for letter, text in zip("ABCD", texts(n), strict=True)) for n in range(COUNT)
    ]
    return "\n".join(f"Question {n}?\n{options}\nANSWER: A\n" for n, options in enumerate(lines))


def table() -> str:
    out = io.StringIO()
    rows = [[f"Question {n}?", *texts(n), "a"] for n in range(COUNT)]
    csv.writer(out).writerows([["stem", "a", "b", "c", "d", "correct"], *rows])
    return out.getvalue()


def moodle(name: str = "multichoice") -> str:
    def question(n: int) -> str:
        right, *wrong = texts(n)
        answers = f'<answer fraction="100"><text>{right}</text></answer>'
        answers += "".join(f'<answer fraction="0"><text>{each}</text></answer>' for each in wrong)
        asked = f"<questiontext><text>Question {n}?</text></questiontext>"
        return f'<question type="{name}">{asked}<single>true</single>{answers}</question>'

    return f"<quiz>{''.join(question(n) for n in range(COUNT))}</quiz>"


def moodle_cloze() -> str:
    def question(n: int) -> str:
        right, *wrong = texts(n)
        gap = f"{{1:MULTICHOICE:={right}~{'~'.join(wrong)}}}"
        return f'<question type="cloze"><questiontext><text>Gap {n} {gap} goes on.</text></questiontext></question>'

    return f"<quiz>{''.join(question(n) for n in range(COUNT))}</quiz>"


def qti() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for n in range(COUNT):
            choices = "".join(
                f'<simpleChoice identifier="{name}">{text}</simpleChoice>'
                for name, text in zip("ABCD", texts(n), strict=True)
            )
            file.writestr(f"{n}.xml", (
                '<?xml version="1.0"?><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i"'
                ' title="An item" adaptive="false" timeDependent="false"><responseDeclaration identifier="R"'
                ' cardinality="single" baseType="identifier"><correctResponse><value>A</value></correctResponse>'
                '</responseDeclaration><itemBody><choiceInteraction responseIdentifier="R" maxChoices="1">'
                f"<prompt>Question {n}?</prompt>{choices}</choiceInteraction></itemBody></assessmentItem>"
            ))  # fmt: skip
    return out.getvalue()


FILES: dict[str, tuple[str, Callable[[], str | bytes]]] = {
    "gift": ("gift", gift), "gift with gaps": ("gift", gift_cloze), "aiken": ("aiken", aiken), "csv": ("csv", table),
    "moodle": ("moodle_xml", moodle), "moodle with gaps": ("moodle_xml", moodle_cloze), "qti": ("qti", qti),
}  # fmt: skip


def asked(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Store a question as a door does; returns it as it is delivered without shuffling, and its key."""
    question = read_question({"difficulty": "easy", **fields, "topicId": TOPIC.topic_id})
    item, key = stored(question, TOPIC, question_id=ids.new_id(), author_id="A", status="approved")
    item.revision = 1
    shown, right = present(item, "seed", shuffle_options=False), key.key
    return (shown["gaps"]["1"], right["gaps"]["1"]) if "gaps" in shown else (shown, right)


def hits(found: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[tuple[str, int]]:
    """Count how often each rule on ids and places finds what is right."""
    for place in range(4):
        yield f"place {place}", sum(shown["options"][place]["id"] in key["correct_option_ids"] for shown, key in found)
        yield (
            f"id {place}",
            sum(
                sorted(each["id"] for each in shown["options"])[place] in key["correct_option_ids"]
                for shown, key in found
            ),
        )


@pytest.mark.parametrize("name", FILES)
def test_l5_no_rule_on_option_ids_or_places_beats_chance_after_an_import(name: str, tmp_path: Path) -> None:
    kind, make = FILES[name]
    content, path = make(), tmp_path / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = [asked(draft.question) for draft in reader.read(path, kind, {}).drafts]
    assert len(found) == COUNT
    assert [rule for rule, count in hits(found) if count > MOST_BY_CHANCE] == []
    for shown, key in found:
        (right,) = [each["text"] for each in shown["options"] if each["id"] in key["correct_option_ids"]]
        assert right.startswith("first")


def test_l5_the_right_options_of_several_are_at_no_place_of_their_own() -> None:
    options = [{"id": name, "text": f"choice {name}"} for name in "abcd"]
    fields = {"type": "multiple", "stem": "Which ones?", "options": options, "correctOptionIds": ["a", "b"]}
    found = [asked(fields) for _ in range(COUNT)]
    assert [rule for rule, count in hits(found) if not 35 < count < 85] == []


def test_s3_pinned_options_keep_their_place() -> None:
    options = [{"id": name, "text": f"choice {name}", "pinned": name == "d"} for name in "abcd"]
    for _ in range(10):
        shown, _ = asked({"type": "single", "stem": "Which?", "options": options, "correctOptionIds": ["a"]})
        assert shown["options"][3]["text"] == "choice d"
