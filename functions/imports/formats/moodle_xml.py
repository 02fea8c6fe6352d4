"""Moodle XML: every type that has a counterpart here; others are refused by name.

The elements are those of Moodle's documentation ("Moodle XML format"). Pictures among the files of a text are taken
over; of other files the text keeps a description.
"""

import base64
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import IO
from xml.etree.ElementTree import Element

from functions.imports.formats.cloze import read_gaps
from functions.imports.formats.gift import topic_of
from functions.imports.formats.moodle_losses import file_name, note_losses
from functions.imports.syntax import pictures
from functions.imports.syntax.drafts import (
    EACH_ALONE,
    SEVERAL_RIGHT,
    Draft,
    clean,
    credit_of,
    file_kinds,
    from_plain,
    matching,
    options,
    ordering,
    percent_of,
    pinned,
    plain_number,
    with_line_breaks,
)
from functions.imports.syntax.limits import MOST_TEXT
from functions.imports.syntax.rich_text import typed
from functions.imports.syntax.safe_xml import child, children, elements, text_of

_FILE = "@@PLUGINFILE@@/"
_FILE_LINK = re.compile(r"@@PLUGINFILE@@[^\"'\s<>]{0,500}")
_TRUTH = {"true": True, "false": False}
_FILES = "Files inside the question other than pictures are not taken over."
_FRACTION = re.compile(r"-?\d{1,3}(?:[.,]\d{1,40})?")
_MOST_FILES, _UNLIMITED = "10", "-1"


def read(source: IO[bytes]) -> Iterator[Draft]:
    """Read a file's questions one after the other; a category names the topic of those behind it."""
    topic, number = "", 0
    for element in elements(source, {"question"}):
        kind = element.get("type", "")
        if kind == "category":
            topic = topic_of(text_of(child(child_or_self(element, "category"), "text")))
            continue
        number += 1
        draft = Draft(number, [_original(element)], category=topic)
        _question(draft, kind, element)
        yield draft


def child_or_self(element: Element, name: str) -> Element:
    """Return a child, or the element itself when it has none of that name."""
    found = child(element, name)
    return element if found is None else found


def _original(element: Element) -> str:
    name = text_of(child(child_or_self(element, "name"), "text"))
    return clean(f"{name}\n{_field(element, 'questiontext')}")[:MOST_TEXT]


def _question(draft: Draft, kind: str, element: Element) -> None:
    draft.question["stem"] = _rich(draft, child(element, "questiontext"))
    explanation = _rich(draft, child(element, "generalfeedback"))
    if explanation:
        draft.question["explanation"] = explanation
    given = text_of(child(element, "defaultgrade"))
    marks = draft.number("marks", given) if given else None
    if marks is not None:
        draft.question["marks"] = plain_number(marks)
    hints = [hint for hint in (_rich(draft, each) for each in children(element, "hint")) if hint]
    if hints:
        draft.question["hints"] = hints
    tags = [clean(text_of(child_or_self(tag, "text"))) for tag in children(child_or_self(element, "tags"), "tag")]
    if tags:
        draft.question["tags"] = list(dict.fromkeys(tags))
    note_losses(draft, element)
    for answer in children(element, "answer"):
        if not _FRACTION.fullmatch(answer.get("fraction", "0")):
            draft.refuse("fraction", f"{answer.get('fraction', '')[:40]!r} is no percentage.")
    filler = _FILLERS.get(kind)
    if filler:
        filler(draft, element)
    else:
        draft.refuse("type", f"Questions of the type {kind[:40]!r} can not be taken.")


def _is_shuffled(element: Element) -> bool:
    return text_of(child(element, "shuffleanswers")).lower() not in {"0", "false"}


def _field(element: Element, name: str) -> str:
    return clean(text_of(child(child_or_self(element, name), "text")))


def _rich(draft: Draft, element: Element | None) -> str:
    """Write a text with its format as rich text, with descriptions in the place of files."""
    if element is None:
        return ""
    text, style = clean(text_of(child(element, "text"))), element.get("format", "html")
    draft.files = partial(_file, element)
    if style == "markdown" and text:
        draft.note("Markdown is kept as plain text.")
        return pictures.in_markdown(draft, text)
    if style == "plain_text":
        return from_plain(text)
    if style == "moodle_auto_format":
        text = with_line_breaks(text)
    if "@@PLUGINFILE@@" not in text:
        return text
    text = pictures.IMAGE.sub(lambda found: _picture(draft, found.group()), text)
    if "@@PLUGINFILE@@" in text:
        draft.note(_FILES)
    return _FILE_LINK.sub("", text)


def _picture(draft: Draft, tag: str) -> str:
    return pictures.written(draft, tag) if _FILE in tag else tag


def _file(element: Element, source: str) -> bytes | None:
    """Read the file of a text that its address names; None where there is none, or it is broken."""
    name = source.removeprefix(_FILE).partition("?")[0]
    found = next((each for each in children(element, "file") if file_name(each) == name), None)
    if found is None or found.get("encoding", "base64") != "base64":
        return None
    try:
        return base64.b64decode("".join(text_of(found).split()), validate=True)
    except ValueError:
        return None


def _fraction(answer: Element) -> Decimal:
    given = answer.get("fraction", "0")
    return percent_of(given) if _FRACTION.fullmatch(given) else Decimal(0)


def _choice(draft: Draft, element: Element) -> None:
    answers = children(element, "answer")
    is_single = text_of(child(element, "single")).lower() in {"true", "1"}
    fractions = [_fraction(answer) for answer in answers]
    if is_single and sum(fraction == 100 for fraction in fractions) > 1:
        draft.refuse("correctOptionIds", SEVERAL_RIGHT)
    right = [number for number, fraction in enumerate(fractions) if (fraction == 100 if is_single else fraction > 0)]
    if not right:
        draft.refuse("correctOptionIds", "No answer is wholly right." if is_single else "No answer is right.")
    if any(fraction not in {0, 100} for fraction in fractions) and (
        is_single or any(fraction < 0 for fraction in fractions)
    ):
        draft.note("Part marks and negative marks of choices are not kept; an exam's policy sets them.")
    if not is_single and fractions.count(Decimal(100)) > 1:
        draft.note(EACH_ALONE)
    if not is_single and len({fractions[number] for number in right}) > 1:
        draft.note("Different weights of right choices are not kept; each counts the same.")
    made = options(
        [_rich(draft, answer) for answer in answers], [_rich(draft, child(answer, "feedback")) for answer in answers]
    )
    if len(made) < len(answers):
        draft.refuse("options", f"A question may have {len(made)} options at most.")
    correct = [made[number]["id"] for number in right if number < len(made)]
    draft.question |= {
        "type": "single" if is_single else "multiple",
        "options": made if _is_shuffled(element) else pinned(made),
        "correctOptionIds": correct,
    }


def _explain(draft: Draft, answer: Element) -> None:
    feedback = _rich(draft, child(answer, "feedback"))
    if feedback:
        if "explanation" in draft.question:
            draft.note("Of several explanations the first is kept.")
        draft.question.setdefault("explanation", feedback)


def _true_false(draft: Draft, element: Element) -> None:
    right = [answer for answer in children(element, "answer") if _fraction(answer) == 100]
    truths = [_TRUTH.get(clean(text_of(child(answer, "text"))).lower()) for answer in right]
    if len(truths) != 1 or truths[0] is None:
        draft.refuse("correct", "One of the answers true and false has to be right.")
    else:
        _explain(draft, right[0])
    _note_other_feedback(draft, [answer for answer in children(element, "answer") if answer not in right])
    draft.question |= {"type": "true_false", "correct": bool(truths and truths[0])}


def _note_other_feedback(draft: Draft, others: list[Element]) -> None:
    if any(_rich(draft, child(answer, "feedback")) for answer in others):
        draft.note("Feedback on other answers is not kept.")


def _short_text(draft: Draft, element: Element) -> None:
    accepted = []
    for answer in children(element, "answer"):
        fraction = _fraction(answer)
        if fraction == 100:
            _explain(draft, answer)
        else:
            _note_other_feedback(draft, [answer])
        if fraction > 0:
            accepted.append(
                {"text": clean(typed(draft, text_of(child(answer, "text")))), "credit": credit_of(fraction)}
            )
    is_cased = text_of(child(element, "usecase")) in {"1", "true"}
    draft.question |= {"type": "short_text", "accepted": accepted, "caseSensitive": is_cased, "accentSensitive": True}


def _numeric(draft: Draft, element: Element) -> None:
    every = children(element, "answer")
    answers = [answer for answer in every if clean(text_of(child(answer, "text"))) != "*"]
    if any(_fraction(answer) > 0 for answer in every if answer not in answers):
        draft.note("Credit for any other number is not kept.")
    right = [answer for answer in answers if _fraction(answer) == 100]
    if not right:
        draft.refuse("value", "No value is wholly right.")
    if len(answers) > 1:
        draft.note("Of several values of a number the wholly right one is kept.")
    value = draft.number("value", text_of(child(right[0], "text"))) if right else None
    amount = draft.number("tolerance", text_of(child(right[0], "tolerance")) or "0") if right else None
    tolerance = {"kind": "absolute", "amount": plain_number(abs(amount or Decimal(0)))}
    draft.question |= {"type": "numeric", "value": plain_number(value or Decimal(0)), "tolerance": tolerance}
    _unit(draft, element)
    if right:
        _explain(draft, right[0])
    _note_other_feedback(draft, [answer for answer in children(element, "answer") if answer not in right[:1]])


def _unit(draft: Draft, element: Element) -> None:
    """Keep the unit of the value: the one whose multiplier is 1, or the first with its multiple of the value."""
    units = [
        (
            clean(text_of(child(unit, "unit_name"))),
            draft.number("unit", text_of(child(unit, "multiplier")) or "1") or Decimal(1),
        )
        for unit in children(child_or_self(element, "units"), "unit")
    ]
    units = [unit for unit in units if unit[0]]
    if not units:
        return
    name, multiplier = next((unit for unit in units if unit[1] == 1), units[0])
    draft.question["unit"] = name
    if multiplier != 1:
        tolerance = draft.question["tolerance"]
        draft.question["value"] = plain_number(Decimal(draft.question["value"]) * multiplier)
        tolerance["amount"] = plain_number(Decimal(tolerance["amount"]) * abs(multiplier))
    if len(units) > 1:
        draft.note(f"Of several units {name} is kept, in which the value is; answers in other units are not right.")


def _matching(draft: Draft, element: Element) -> None:
    if not _is_shuffled(element):
        draft.note("That the choices keep their order is not kept.")
    pairs = [
        (_rich(draft, each), clean(text_of(child(child_or_self(each, "answer"), "text"))))
        for each in children(element, "subquestion")
    ]
    draft.question |= {"type": "matching", **matching([(prompt, from_plain(choice)) for prompt, choice in pairs])}


def _ordering(draft: Draft, element: Element) -> None:
    answers = sorted(children(element, "answer"), key=_fraction)  # its number in the right order, where it is named
    draft.question |= {"type": "ordering", **ordering([_rich(draft, answer) for answer in answers])}


def _cloze(draft: Draft, _element: Element) -> None:
    stem, gaps = read_gaps(draft.question["stem"], draft)
    draft.question |= {"type": "cloze", "stem": stem, "gaps": gaps}


def _essay(draft: Draft, element: Element) -> None:
    guide = _rich(draft, child(element, "graderinfo"))
    if guide:
        points = draft.question.get("marks", "1")
        draft.question["rubric"] = {"criteria": [{"id": "a", "text": guide, "points": points}]}
    attachments = text_of(child(element, "attachments"))
    if text_of(child(element, "responseformat")) == "noinline" and attachments not in {"", "0"}:
        kinds = file_kinds(text_of(child(element, "filetypeslist")).split(","))
        if attachments == _UNLIMITED:
            draft.note(f"As many files as one likes become {_MOST_FILES} at most.")
        most = _MOST_FILES if attachments == _UNLIMITED else attachments[:4]
        draft.question |= {"type": "practical", "fileKinds": kinds or ["pdf"], "maxFiles": most}
        return
    if attachments not in {"", "0"}:
        draft.note("Files that may be sent with the text are not kept.")
    draft.question["type"] = "theory"
    limit = text_of(child(element, "maxwordlimit"))
    if limit.isdecimal() and limit != "0":
        draft.question["wordLimit"] = limit[:9]


_FILLERS: dict[str, Callable[[Draft, Element], None]] = {
    "multichoice": _choice, "truefalse": _true_false, "shortanswer": _short_text, "numerical": _numeric,
    "matching": _matching, "ordering": _ordering, "cloze": _cloze, "multianswer": _cloze, "essay": _essay,
}  # fmt: skip
