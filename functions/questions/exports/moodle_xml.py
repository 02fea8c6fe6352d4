"""Writes Moodle XML ("Moodle XML format" of Moodle's documentation); it has a place for every type of question."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from functions.questions.exports.embedded import text_with_gaps
from functions.questions.exports.exported import Exported, absolute, lose_normalising, number, percent

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TYPES = {
    "single": "multichoice", "multiple": "multichoice", "true_false": "truefalse", "numeric": "numerical",
    "short_text": "shortanswer", "matching": "matching", "ordering": "ordering", "cloze": "multianswer",
    "theory": "essay", "practical": "essay",
}  # fmt: skip
_EXTENSIONS = {"pdf": ".pdf", "image": "web_image", "audio": "web_audio", "video": "web_video", "text": ".txt"}
_KEPT = {"tags", "explanation", "hints", "marks"}


def write(questions: Sequence[Exported]) -> bytes:
    """Write questions, each under its topic."""
    parts, topic = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'], None
    for question in questions:
        if question.topic != topic:
            topic = question.topic
            path = topic.replace("/", "//")
            parts.append(f'<question type="category"><category>{_plain(path)}</category></question>\n')
        parts.append(_question(question))
    return "".join([*parts, "</quiz>\n"]).encode()


def _question(question: Exported) -> str:
    fields = question.fields
    question.lose_meta(_KEPT)
    stem = text_with_gaps(question) if question.type == "cloze" else question.rich(fields["stem"])
    parts = [
        f'<question type="{_TYPES[question.type]}"><name>{_plain(question.question_id)}</name>',
        _rich("questiontext", stem),
        _rich("generalfeedback", question.rich(fields.get("explanation"))),
        f"<defaultgrade>{number(fields.get('marks', 1))}</defaultgrade>",
        _answers(question),
        *(_rich("hint", question.rich(hint)) for hint in fields.get("hints") or ()),
    ]
    tags = "".join(f"<tag>{_plain(tag)}</tag>" for tag in fields.get("tags") or ())
    return f"{''.join(parts)}{f'<tags>{tags}</tags>' if tags else ''}</question>\n"


def _plain(text: str) -> str:
    return f"<text>{escape(_NOT_XML.sub('', text))}</text>"


def _rich(name: str, text: str, attributes: str = "", more: str = "") -> str:
    return f'<{name}{attributes} format="html">{_plain(text)}{more}</{name}>'


def _answer(fraction: str, text: str, more: str = "") -> str:
    return _rich("answer", text, f' fraction="{fraction}"', more)


def _answers(question: Exported) -> str:
    fields: Any = question.fields
    match question.type:
        case "single" | "multiple":
            return _choice(question)
        case "true_false":
            return _answer("100" if fields["correct"] else "0", "true") + _answer(
                "0" if fields["correct"] else "100", "false"
            )
        case "numeric":
            tolerance = f"<tolerance>{absolute(question, fields)}</tolerance>"
            name = f"<unit_name>{escape(fields['unit'])}</unit_name>" if fields.get("unit") else ""
            units = f"<units><unit><multiplier>1</multiplier>{name}</unit></units>" if name else ""
            return _answer("100", number(fields["value"]), tolerance) + units
        case "short_text":
            lose_normalising(question, fields, cased=None)
            answers = "".join(_answer(percent(each["credit"]), each["text"]) for each in fields["accepted"])
            return f"<usecase>{int(bool(fields.get('case_sensitive')))}</usecase>{answers}"
        case "matching":
            return _matching(question)
        case "ordering":
            texts = {each["id"]: each["text"] for each in fields["items"]}
            return "".join(_answer("0", question.rich(texts[name])) for name in fields["correct_order"])
        case "theory" | "practical":
            return _essay(question)
    return ""


def _choice(question: Exported) -> str:
    fields: Any = question.fields
    right = fields["correct_option_ids"]
    share = "100" if question.type == "single" else str((Decimal(100) / len(right)).quantize(Decimal("0.0000001")))
    pinned = [bool(each.get("pinned")) for each in fields["options"]]
    if any(pinned) and not all(pinned):
        question.lose("places of pinned options")
    answers = []
    for option in fields["options"]:
        feedback = question.rich(option.get("feedback"))
        told = _rich("feedback", feedback) if feedback else ""
        answers.append(_answer(share if option["id"] in right else "0", question.rich(option["text"]), told))
    is_single = str(question.type == "single").lower()
    shuffled = str(not all(pinned)).lower()
    return f"<single>{is_single}</single><shuffleanswers>{shuffled}</shuffleanswers>{''.join(answers)}"


def _matching(question: Exported) -> str:
    fields: Any = question.fields
    choices = {each["id"]: question.plain(each["text"]) for each in fields["choices"]}
    pairs = [(question.rich(each["text"]), choices[fields["pairs"][each["id"]]]) for each in fields["prompts"]]
    pairs += [("", text) for name, text in choices.items() if name not in fields["pairs"].values()]
    return "<shuffleanswers>true</shuffleanswers>" + "".join(
        _rich("subquestion", prompt, more=f"<answer>{_plain(choice)}</answer>") for prompt, choice in pairs
    )


def _essay(question: Exported) -> str:
    fields: Any = question.fields
    criteria = (fields.get("rubric") or {}).get("criteria", ())
    guide = ""
    if criteria:
        if len(criteria) > 1 or Decimal(str(criteria[0]["points"])) != Decimal(str(fields.get("marks", 1))):
            question.lose("criteria of the rubric, written as one text")
        guide = "<br>".join(
            question.rich(each["text"]) + (f" ({number(each['points'])})" if len(criteria) > 1 else "")
            for each in criteria
        )
    if fields.get("show_rubric"):
        question.lose("that candidates see the rubric")
    told = _rich("graderinfo", guide) if guide else ""
    if question.type == "practical":
        kinds = ",".join(_EXTENSIONS[kind] for kind in fields["file_kinds"])
        files = f"<attachments>{int(fields.get('max_files', 1))}</attachments><filetypeslist>{kinds}</filetypeslist>"
        return f"<responseformat>noinline</responseformat>{files}{told}"
    limit = f"<maxwordlimit>{int(fields['word_limit'])}</maxwordlimit>" if fields.get("word_limit") else ""
    return f"<responseformat>editor</responseformat><attachments>0</attachments>{limit}{told}"
