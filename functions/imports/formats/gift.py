"""GIFT, Moodle's plain text format: one question a paragraph, its answers in braces.

The notation is that of Moodle's documentation ("GIFT format"); marks are `~ = # { } :`, a backslash makes them plain.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from typing import NamedTuple, TextIO

from functions.imports.syntax import pictures
from functions.imports.syntax.drafts import (
    EACH_ALONE,
    SEVERAL_RIGHT,
    Draft,
    clean,
    credit_of,
    from_plain,
    matching,
    options,
    percent_of,
    plain_number,
    with_line_breaks,
)
from functions.imports.syntax.escapes import hide, show
from functions.imports.syntax.limits import MOST_TEXT
from functions.imports.syntax.rich_text import typed

_CATEGORY = re.compile(r"\$CATEGORY:\s*(.+)")
_NAME = re.compile(r"::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:[.,]\d{1,20})?)%")
_TAGGED = re.compile(r"\[tag:([^\]]{1,200})\]")
_ANSWERS = re.compile(r"([=~])([^=~]*)")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_BLANK = "_____"
_MARKUP = re.compile(r"</?(?:b|i|u|em|strong|span|p|br|small|code)\b[^<>]{0,200}>", re.IGNORECASE)
_STOPS = ".,;:!?"
_MARK = re.compile(r"(?<!\\)[~=#{}:]")
_NEW_LINE = re.compile(
    r"\\n(?!(?:abla|eq?|u|ot|i|mid|eg|ewline)\b)"
)  # but not \neq, \nu and their like, which are mathematics


class _Answer(NamedTuple):
    is_marked_right: bool
    percent: Decimal
    text: str
    feedback: str


def read(source: TextIO) -> Iterator[Draft]:
    """Read a file's questions one after the other."""
    topic = ""
    number = 0
    for paragraph, tags in _paragraphs(source):
        category = _CATEGORY.match(paragraph)
        if category:
            topic = topic_of(category.group(1))
            continue
        number += 1
        draft = Draft(number, [paragraph[:MOST_TEXT]], category=topic)
        if tags:
            draft.question["tags"] = tags
        if pictures.length_without(paragraph) > MOST_TEXT:
            draft.refuse("stem", f"A question may have {MOST_TEXT} characters at most.")
        else:
            _question(draft, hide(_whole_tags(paragraph)))
        yield draft


def topic_of(category: str) -> str:
    """Return the name that a category's path ends with."""
    return (
        category.strip().replace("//", "\0").rpartition("/")[2].replace("\0", "/").removeprefix("Default for ").strip()
    )


def _paragraphs(source: TextIO) -> Iterator[tuple[str, list[str]]]:
    """Part the file at blank lines, as Moodle does, leaving comments out but for the tags that stand in them."""
    waiting: list[str] = []
    tags: dict[str, None] = {}
    for line in source:
        text = line.strip("\ufeff\r\n")
        if text.lstrip().startswith("//"):
            tags |= dict.fromkeys(tag.strip() for tag in _TAGGED.findall(text))
            continue
        if text.strip():
            waiting.append(text)
        if waiting and (not text.strip() or _CATEGORY.match(waiting[0])):
            yield "\n".join(waiting).strip(), list(tags)
            waiting, tags = [], {}
    if waiting:
        yield "\n".join(waiting).strip(), list(tags)


def _whole_tags(paragraph: str) -> str:
    """Escape the marks inside of pictures' tags, which part no answers there even where nobody escaped them."""
    return pictures.IMAGE.sub(lambda tag: _MARK.sub(r"\\\g<0>", tag.group()), paragraph)


def _question(draft: Draft, text: str) -> None:
    name = _NAME.match(text)
    if name:
        text = text[name.end() :]
    before, brace, rest = text.partition("{")
    answers, closing, after = rest.rpartition("}")
    if not brace or not closing:
        draft.question["stem"] = _rich(text, draft)
        draft.refuse("stem", "There is no answer part in braces, so this is no question.")
        return
    style, before = _style(before.strip(), "moodle")
    stem = before.strip() + (
        f" {_BLANK}{'' if after.strip()[0] in _STOPS else ' '}" + after.strip() if after.strip() else ""
    )
    draft.question["stem"] = _in_style(stem.strip(), style, draft)
    body, _, general = answers.partition("####")
    if general.strip():
        draft.question["explanation"] = _rich(general, draft)
    _answer_part(draft, body.strip())


def _answer_part(draft: Draft, body: str) -> None:
    truth, _, feedback = body.partition("#")
    if not body:
        draft.question["type"] = "theory"
    elif truth.strip().upper() in _TRUTH:
        _true_false(draft, _TRUTH[truth.strip().upper()], feedback)
    elif body.startswith("#"):
        _numeric(draft, body[1:])
    elif "~" in body:
        _choice(draft, _answers(body))
    elif all("->" in part for part in body.lstrip("=").split("=")):
        _matching(draft, _answers(body))
    elif body.startswith("="):
        _short_text(draft, _answers(body))
    else:
        draft.refuse("stem", "The answers begin with no mark: = for right, ~ for wrong, # for a number, T or F.")


def _answers(body: str) -> list[_Answer]:
    found = []
    for mark, content in _ANSWERS.findall(body):
        text, _, feedback = content.strip().partition("#")
        weight = _WEIGHT.match(text)
        percent = percent_of(weight.group(1)) if weight else Decimal(100 if mark == "=" else 0)
        found.append(
            _Answer(mark == "=", percent, (text[weight.end() :] if weight else text).strip(), feedback.strip())
        )
    return found


def _true_false(draft: Draft, is_true: bool, feedback: str) -> None:
    wrong, _, right = feedback.partition("#")
    draft.question |= {"type": "true_false", "correct": is_true}
    for text in (right, wrong):
        _explain(draft, text)


def _explain(draft: Draft, feedback: str) -> None:
    """Keep feedback as the explanation where the question has none yet and its answers have no place for it."""
    if feedback.strip():
        if "explanation" in draft.question:
            draft.note("Of several explanations the first is kept.")
        else:
            draft.question["explanation"] = _rich(feedback, draft)


def _numeric(draft: Draft, body: str) -> None:
    body, _, otherwise = body.partition("~")
    body = body.strip()
    if otherwise.partition("#")[2].strip():
        draft.note("Feedback on wrong answers is not kept.")
    answers = _answers(body) if body.startswith("=") else [_Answer(True, Decimal(100), *_parted(body))]
    right = [answer for answer in answers if answer.percent == 100]
    if not right:
        draft.refuse("value", "No value is wholly right.")
        return
    if len(answers) > 1:
        draft.note("Of several values of a number the wholly right one is kept.")
    if any(answer.feedback for answer in answers if answer is not right[0]):
        draft.note("Feedback on other answers is not kept.")
    _explain(draft, right[0].feedback)
    draft.question |= {"type": "numeric", **_value(draft, right[0].text)}


def _parted(text: str) -> tuple[str, str]:
    value, _, feedback = text.partition("#")
    return value.strip(), feedback.strip()


def _value(draft: Draft, text: str) -> dict[str, object]:
    low, dots, high = text.partition("..")
    if dots:
        least, most = draft.number("value", low), draft.number("value", high)
        value, amount = ((least or 0) + (most or 0)) / Decimal(2), ((most or 0) - (least or 0)) / Decimal(2)
    else:
        said, _, tolerance = text.partition(":")
        value, amount = (
            draft.number("value", said) or Decimal(0),
            draft.number("tolerance", tolerance or "0") or Decimal(0),
        )
    return {"value": plain_number(value), "tolerance": {"kind": "absolute", "amount": plain_number(abs(amount))}}


def _choice(draft: Draft, answers: list[_Answer]) -> None:
    is_single = any(answer.is_marked_right for answer in answers)
    right = [
        number for number, answer in enumerate(answers) if (answer.percent == 100 if is_single else answer.percent > 0)
    ]
    if is_single and len(right) > 1:
        draft.refuse("correctOptionIds", SEVERAL_RIGHT)
    if not right:
        draft.refuse("correctOptionIds", "No answer is right.")
    if any(answer.percent not in {0, 100} for answer in answers) and (
        is_single or any(answer.percent < 0 for answer in answers)
    ):
        draft.note("Part marks and negative marks of choices are not kept; an exam's policy sets them.")
    if not is_single and sum(answer.percent == 100 for answer in answers) > 1:
        draft.note(EACH_ALONE)
    if not is_single and len({answers[number].percent for number in right}) > 1:
        draft.note("Different weights of right choices are not kept; each counts the same.")
    made = options(
        [_rich(answer.text, draft) for answer in answers], [_rich(answer.feedback, draft) for answer in answers]
    )
    if len(made) < len(answers):
        draft.refuse("options", f"A question may have {len(made)} options at most.")
    correct = [made[number]["id"] for number in right if number < len(made)]
    draft.question |= {"type": "single" if is_single else "multiple", "options": made, "correctOptionIds": correct}


def _matching(draft: Draft, answers: list[_Answer]) -> None:
    if any(answer.feedback for answer in answers):
        draft.note("Feedback on pairs is not kept.")
    pairs = [answer.text.partition("->")[::2] for answer in answers]
    draft.question |= {
        "type": "matching",
        **matching([(_rich(prompt, draft), _rich(choice, draft)) for prompt, choice in pairs]),
    }


def _short_text(draft: Draft, answers: list[_Answer]) -> None:
    accepted = []
    for answer in answers:
        if answer.percent == 100:
            _explain(draft, answer.feedback)
        elif answer.feedback:
            draft.note("Feedback on other answers is not kept.")
        if answer.percent > 0:
            text = clean(unescape(_MARKUP.sub("", typed(draft, show(_style(answer.text, "plain")[1])))))
            accepted.append({"text": text, "credit": credit_of(answer.percent)})
    draft.question |= {"type": "short_text", "accepted": accepted, "caseSensitive": False, "accentSensitive": True}


def _style(text: str, default: str) -> tuple[str, str]:
    given = _FORMAT.match(text)
    return (given.group(1), text[given.end() :].strip()) if given else (default, text)


def _rich(text: str, draft: Draft) -> str:
    style, rest = _style(text.strip(), "moodle")
    return _in_style(rest, style, draft)


def _in_style(text: str, style: str, draft: Draft) -> str:
    shown = clean(show(_NEW_LINE.sub("\n", text)))
    if style == "markdown":
        draft.note("Markdown is kept as plain text.")
        return pictures.in_markdown(draft, shown)
    if style == "plain":
        return from_plain(shown)
    return with_line_breaks(shown) if style == "moodle" else shown
