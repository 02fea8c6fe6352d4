r"""Gaps inside a text, as Moodle writes them: `{1:SHORTANSWER:=Paris#Yes~%50%Marseille}`.

The notation is that of Moodle's embedded answers: weight, kind, then answers parted by `~`, the right ones marked with
`=` or a percentage, each with feedback behind `#`; `\` keeps the next character as it is.
"""

import html
import re
import unicodedata
from decimal import Decimal
from typing import Any

from lyceum.kit.values.markup import only_markup

from functions.imports.syntax.drafts import Draft, clean, credit_of, options, percent_of, plain_number
from functions.imports.syntax.escapes import hide, show
from functions.imports.syntax.rich_text import typed

MOST_GAPS = 30
_CHOICE = {
    "MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS", "MULTICHOICE_VS",
    "MCVS", "MULTICHOICE_HS", "MCHS",
}  # fmt: skip
_TEXT = {"SHORTANSWER", "SA", "MW"}
_CASED = {"SHORTANSWER_C", "SAC", "MWC"}
_NUMBER = {"NUMERICAL", "NM"}
_SEVERAL = {"MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"}
_GAP = re.compile(r"\{(\d{0,4}):([A-Z_]{2,20})(?::([^}]*+))?\}")
_KINDS = "|".join(sorted(_CHOICE | _TEXT | _CASED | _NUMBER | _SEVERAL, key=len, reverse=True))
_LEFT_OPEN = re.compile(
    rf"\{{\s*\d*\s*:\s*[A-Za-z_]{{2,20}}\s*:|\{{[^{{}}:]{{0,12}}:?\s*(?:{_KINDS})\s*[:=~%]", re.IGNORECASE
)
_PERCENT = re.compile(r"%(-?\d{1,3}(?:[.,]\d{1,20})?)%")
_BLOCKS = frozenset({
    "blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table",
    "td", "th", "tr", "ul",
})  # fmt: skip
_TAG = re.compile(r"<[^<>]{0,1000}>")
_CODED = re.compile(r"&#x?[0-9A-Fa-f]{1,6};")


def read_gaps(text: str, draft: Draft) -> tuple[str, dict[str, Any]]:
    """Return the text with its gaps numbered `{{1}}`, `{{2}}`, and the key of each; problems are added to the draft."""
    gaps: dict[str, Any] = {}
    if "{{" in text:
        draft.refuse("stem", "Two braces in a row are the mark of a gap and can not stand in the text.")

    def number(match: re.Match[str]) -> str:
        name = str(len(gaps) + 1)
        gaps[name] = _gap(match.group(2), match.group(3) or "", f"gaps.{name}", draft)
        if match.group(1) not in ("", "1"):
            draft.note("All gaps count the same; weights of gaps are not kept.")
        return f"{{{{{name}}}}}"

    hidden = _GAP.sub(number, hide(_CODED.sub(_decoded, text)))
    if _LEFT_OPEN.search(_bare(hidden)):
        draft.refuse("stem", "A gap has no end, or is written in a way that is not known here.")
    stem = show(hidden, "\\")
    if not gaps:
        draft.refuse("gaps", "The text has no gap.")
    if len(gaps) > MOST_GAPS:
        draft.refuse("gaps", f"A text may have {MOST_GAPS} gaps at most.")
    return stem, gaps


def _bare(text: str) -> str:
    """Write a text as readers see it: whatever its marks are written as, and without markup between them."""
    return unicodedata.normalize("NFKC", html.unescape(_TAG.sub("", show(text))))


def _gap(kind: str, body: str, field: str, draft: Draft) -> dict[str, Any]:
    if _LEFT_OPEN.search(body):
        draft.refuse(field, "A gap begins inside another; the first has no end.")
    answers = [_answer(part, draft) for part in body.split("~")] if body else []
    if not answers:
        draft.refuse(field, "The gap has no answers.")
    if kind in _CHOICE:
        return _choice(answers, field, draft)
    if kind in _TEXT | _CASED:
        return _short_text(answers, kind in _CASED, field, draft)
    if kind in _NUMBER:
        return _numeric(answers, field, draft)
    draft.refuse(field, f"Gaps of the kind {kind} can not be taken.")
    return {"type": "short_text"}


def _decoded(match: re.Match[str]) -> str:
    """Write a character that is given by its number, so that its `#` is not taken for a mark."""
    character = html.unescape(match.group())
    return f"\\{character}" if character in "~=#{}" else html.escape(character)


class _Answer:
    def __init__(self, text: str, percent: Decimal, feedback: str) -> None:
        self.text, self.percent, self.feedback = text, percent, feedback


def _answer(part: str, draft: Draft) -> _Answer:
    text, _, feedback = part.strip().partition("#")
    percent = Decimal(0)
    if text.startswith("="):
        text, percent = text[1:], Decimal(100)
    elif match := _PERCENT.match(text):
        text, percent = text[match.end() :], percent_of(match.group(1))
    return _Answer(_plain(text, draft), percent, _plain(feedback, draft))


def _plain(text: str, draft: Draft) -> str:
    """Return what an answer says; a "<" that begins no tag is text, and blocks keep words apart."""
    words = html.unescape(_TAG.sub(" ", only_markup(typed(draft, show(text)), _BLOCKS)))
    return clean(" ".join(words.split()))


def _choice(answers: list[_Answer], field: str, draft: Draft) -> dict[str, Any]:
    right = [number for number, answer in enumerate(answers) if answer.percent == 100]
    if len(right) != 1:
        draft.refuse(field, "A gap with choices needs one that is wholly right.")
    if any(0 < answer.percent < 100 for answer in answers):
        draft.note("Part marks of single choices are not kept.")
    if len(answers) < 2:
        draft.refuse(field, "A gap with choices needs two at least.")
    made = options(
        [html.escape(answer.text, quote=False) for answer in answers],
        [html.escape(answer.feedback, quote=False) for answer in answers],
    )
    return {
        "type": "single",
        "options": made,
        "correctOptionIds": [made[number]["id"] for number in right[:1] if number < len(made)],
    }


def _short_text(answers: list[_Answer], is_cased: bool, field: str, draft: Draft) -> dict[str, Any]:
    right = [{"text": answer.text, "credit": credit_of(answer.percent)} for answer in answers if answer.percent > 0]
    if not right:
        draft.refuse(field, "The gap has no right answer.")
    if any(answer.feedback for answer in answers):
        draft.note("Feedback on typed answers is not kept.")
    return {"type": "short_text", "accepted": right, "caseSensitive": is_cased, "accentSensitive": True}


def _numeric(answers: list[_Answer], field: str, draft: Draft) -> dict[str, Any]:
    right = [answer for answer in answers if answer.percent == 100]
    if len(right) != 1:
        draft.refuse(field, "A gap for a number needs one value that is wholly right.")
    if any(0 < answer.percent < 100 for answer in answers):
        draft.note("Of several values of a number the wholly right one is kept.")
    if any(answer.feedback for answer in answers):
        draft.note("Feedback on typed answers is not kept.")
    text, _, tolerance = right[0].text.partition(":") if right else ("0", "", "")
    value, amount = draft.number(field, text), draft.number(field, tolerance or "0")
    tolerated = {"kind": "absolute", "amount": plain_number(abs(amount or Decimal(0)))}
    return {"type": "numeric", "value": plain_number(value or Decimal(0)), "tolerance": tolerated}
