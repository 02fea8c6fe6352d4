"""Writers of the formats that are read: what a file says is known, so what was read can be compared with it."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from xml.sax.saxutils import escape as xml

from lyceum.kit.values.spreadsheet import write_csv
from tests.imports.workbooks import workbook


@dataclass(frozen=True)
class Known:
    """A question with what is right: the places of the right options, or the texts of right answers.

    All texts are plain; writers escape them as their format asks for.
    """

    type: str
    stem: str
    options: Sequence[str] = ()
    right: Sequence[int] = ()
    answers: Sequence[str] = ()
    value: str = ""
    tolerance: str = "0"
    is_true: bool = True
    feedbacks: Sequence[str] = field(default=())


def gift(questions: Sequence[Known]) -> bytes:
    """Write GIFT, every text as HTML."""
    return "\n\n".join(f"[html]{_gift(each.stem)}{{{_gift_answers(each)}}}" for each in questions).encode()


def _gift(text: str) -> str:
    escaped = "".join(
        f"\\{character}" if character in "~=#{}:\\" else character for character in escape(text, quote=False)
    )
    return escaped.replace("\n", "\\n")


def _gift_answers(question: Known) -> str:
    match question.type:
        case "single":
            texts = enumerate(map(_gift, question.options))
            return " ".join(f"{'=' if place in question.right else '~'}[html]{text}" for place, text in texts)
        case "multiple":
            share = 100 / len(question.right)
            return " ".join(
                f"~%{share:.5f}%[html]{_gift(text)}" if place in question.right else f"~[html]{_gift(text)}"
                for place, text in enumerate(question.options)
            )
        case "true_false":
            return "T" if question.is_true else "F"
        case "numeric":
            return f"#{question.value}:{question.tolerance}"
        case _:
            return " ".join(f"={_gift(text)}" for text in question.answers)


def aiken(questions: Sequence[Known]) -> bytes:
    """Write Aiken."""
    lines = []
    for question in questions:
        lines += [question.stem, *(f"{chr(65 + place)}) {text}" for place, text in enumerate(question.options))]
        lines += [f"ANSWER: {', '.join(chr(65 + place) for place in question.right)}", ""]
    return "\n".join(lines).encode()


def moodle_xml(questions: Sequence[Known]) -> bytes:
    """Write Moodle XML."""
    return f"<?xml version='1.0'?><quiz>{''.join(map(_moodle, questions))}</quiz>".encode()


def _moodle(question: Known) -> str:
    kind = {
        "single": "multichoice",
        "multiple": "multichoice",
        "true_false": "truefalse",
        "numeric": "numerical",
        "short_text": "shortanswer",
    }[question.type]
    stem = f'<questiontext format="html"><text>{xml(escape(question.stem, quote=False))}</text></questiontext>'
    return f'<question type="{kind}"><name><text>n</text></name>{stem}{_moodle_answers(question)}</question>'


def _moodle_answers(question: Known) -> str:
    def answer(fraction: float, text: str, more: str = "") -> str:
        return f'<answer fraction="{fraction}" format="html"><text>{xml(text)}</text>{more}</answer>'

    match question.type:
        case "single" | "multiple":
            share = 100 if question.type == "single" else 100 / len(question.right)
            is_single = f"<single>{str(question.type == 'single').lower()}</single>"
            return is_single + "".join(
                answer(share if place in question.right else 0, escape(text, quote=False))
                for place, text in enumerate(question.options)
            )
        case "true_false":
            return answer(100, str(question.is_true).lower()) + answer(0, str(not question.is_true).lower())
        case "numeric":
            return answer(100, question.value, f"<tolerance>{question.tolerance}</tolerance>")
        case _:
            return "<usecase>1</usecase>" + "".join(answer(100, text) for text in question.answers)


def qti(questions: Sequence[Known]) -> bytes:
    """Write a package of QTI 2.1."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number, question in enumerate(questions):
            archive.writestr(f"item{number:03d}.xml", _qti(question))
    return made.getvalue()


def _qti(question: Known) -> str:
    names = [f"C{place}" for place in range(len(question.options))]
    is_choice = question.type in {"single", "multiple"}
    values = [names[place] for place in question.right] if is_choice else [question.value] if question.value else []
    kind = "identifier" if is_choice else "float" if question.value else "string"
    right = "".join(f"<value>{xml(each)}</value>" for each in values or question.answers[:1])
    keys = [xml(text, {'"': "&quot;"}) for text in question.answers]
    entries = "".join(f'<mapEntry mapKey="{key}" mappedValue="1" caseSensitive="true"/>' for key in keys)
    mapping = f"<mapping>{entries}</mapping>" if entries else ""
    cardinality = "multiple" if question.type == "multiple" else "single"
    declaration = (
        f'<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{kind}">'
        f"<correctResponse>{right}</correctResponse>{mapping}</responseDeclaration>"
    )
    named = zip(names, map(xml, question.options), strict=True)
    choices = "".join(f'<simpleChoice identifier="{name}">{text}</simpleChoice>' for name, text in named)
    most = 0 if question.type == "multiple" else 1
    asked = (
        f'<choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="{most}">{choices}</choiceInteraction>'
        if is_choice
        else '<p><textEntryInteraction responseIdentifier="R"/></p>'
    )
    compared = (
        f'<equal toleranceMode="absolute" tolerance="{question.tolerance} {question.tolerance}">'
        '<variable identifier="R"/><correct identifier="R"/></equal>'
    )
    counted = (
        f"<responseProcessing><responseCondition><responseIf>{compared}<setOutcomeValue identifier='SCORE'>"
        "<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf></responseCondition>"
        "</responseProcessing>"
    )
    return (
        '<?xml version="1.0"?>'
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t">'
        f"{declaration}<itemBody><p>{xml(question.stem)}</p>{asked}</itemBody>"
        f"{counted if question.value else ''}</assessmentItem>"
    )


_HEADER = ["type", "stem", "option_a", "option_b", "option_c", "option_d", "correct", "tolerance", "case_sensitive"]


def _row(question: Known) -> list[str]:
    options = [escape(text, quote=False) for text in question.options] + [""] * (4 - len(question.options))
    match question.type:
        case "single" | "multiple":
            correct = "; ".join(chr(97 + place) for place in question.right)
        case "true_false":
            correct = str(question.is_true).lower()
        case "numeric":
            correct = question.value
        case _:
            correct = " | ".join(question.answers)
    cased = "yes" if question.type == "short_text" else ""
    tolerance = question.tolerance if question.type == "numeric" else ""
    return [question.type, escape(question.stem, quote=False), *options, correct, tolerance, cased]


def csv(questions: Sequence[Known]) -> bytes:
    """Write a table with commas."""
    return write_csv([_HEADER, *map(_row, questions)]).encode()


def xlsx(questions: Sequence[Known]) -> bytes:
    """Write a workbook."""
    return workbook([list(_HEADER), *(list(_row(each)) for each in questions)])


WRITERS = {"gift": gift, "aiken": aiken, "moodle_xml": moodle_xml, "qti": qti, "csv": csv, "xlsx": xlsx}
TAKES = {
    "gift": {"single", "multiple", "true_false", "numeric", "short_text"},
    "aiken": {"single", "multiple"},
    "moodle_xml": {"single", "multiple", "true_false", "numeric", "short_text"},
    "qti": {"single", "multiple", "numeric", "short_text"},
    "csv": {"single", "multiple", "true_false", "numeric", "short_text"},
    "xlsx": {"single", "multiple", "true_false", "numeric", "short_text"},
}
