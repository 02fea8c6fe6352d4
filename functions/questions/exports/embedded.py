"""Gaps of a text as Moodle writes them ("Embedded answers" of its documentation): `{1:SHORTANSWER:=Paris}`."""

import html
import re
from typing import Any

from functions.questions.exports.exported import Exported, absolute, has_wildcard, number, percent

_GAP = re.compile(r"\{\{([1-9][0-9]?)\}\}")
_MARKS = re.compile(r'([\\~=#{}:%"/])')


def text_with_gaps(question: Exported) -> str:
    """Return the stem of a cloze with its gaps in place."""
    gaps = question.fields["gaps"]
    return _GAP.sub(lambda found: _gap(question, gaps[found.group(1)]), question.rich(question.fields["stem"]))


def _gap(question: Exported, gap: dict[str, Any]) -> str:
    match gap["type"]:
        case "single":
            return f"{{1:MULTICHOICE:{'~'.join(_option(question, each, gap) for each in gap['options'])}}}"
        case "numeric":
            if gap.get("unit"):
                question.lose("unit")
            return f"{{1:NUMERICAL:={number(gap['value'])}:{absolute(question, gap)}}}"
        case _:
            if not gap.get("accent_sensitive"):
                question.lose("that accents do not count")
            if has_wildcard(gap):
                question.lose("marks for any text in gaps")
            kind = "SHORTANSWER_C" if gap.get("case_sensitive") else "SHORTANSWER"
            answers = (f"%{percent(each['credit'])}%{_text(each['text'])}" for each in gap["accepted"])
            return f"{{1:{kind}:{'~'.join(answers)}}}"


def _option(question: Exported, option: dict[str, Any], gap: dict[str, Any]) -> str:
    if option.get("pinned"):
        question.lose("places of pinned options")
    feedback = option.get("feedback")
    told = f"#{_text(question.plain(feedback))}" if feedback else ""
    mark = "=" if option["id"] in gap["correct_option_ids"] else ""
    return f"{mark}{_text(question.plain(option['text']))}{told}"


def _text(plain: str) -> str:
    return _MARKS.sub(r"\\\1", html.escape(" ".join(plain.split()), quote=False))
