"""What the row of a table says by its columns.

`docs/import-formats.md` shows each type; `template.py` has an example of each.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from html import escape

from lyceum.rules.questions.values import is_ambiguous

from functions.imports.formats.cloze import read_gaps
from functions.imports.formats.headers import OPTION_COLUMNS
from functions.imports.syntax.drafts import (
    LETTERS,
    Draft,
    credit_of,
    decimal_of,
    file_kinds,
    matching,
    options,
    ordering,
    percent_of,
    plain_number,
    with_line_breaks,
)
from functions.imports.syntax.pictures import IMAGE
from functions.imports.syntax.rich_text import typed

_SEPARATORS = re.compile(r"[;|\n]")
_LETTER_SEPARATORS = re.compile(r"[\s,;|&+/]+")
_WEIGHTED = re.compile(r"%(\d{1,3}(?:[.,]\d{1,20})?)%\s*(.*)", re.DOTALL)
_SHOWN = {"stem", "explanation", *OPTION_COLUMNS}
"""The columns whose texts may show pictures."""
_TRUE, _FALSE = {"true", "t", "yes", "y", "1"}, {"false", "f", "no", "n", "0"}
_TYPES = {
    "mcq": "single", "multiple_choice": "single", "single_choice": "single", "multiple_answer": "multiple",
    "multiple_response": "multiple", "truefalse": "true_false", "boolean": "true_false", "tf": "true_false",
    "number": "numeric", "numerical": "numeric", "shortanswer": "short_text", "short_answer": "short_text",
    "text": "short_text", "match": "matching", "order": "ordering", "sequence": "ordering", "gaps": "cloze",
    "essay": "theory", "file": "practical", "upload": "practical",
}  # fmt: skip
Row = Mapping[str, str]


def add_pictures(draft: Draft, row: dict[str, str], field: str, tags: list[str]) -> None:
    """Put the pictures of a cell behind the text that it belongs to; those beside the columns go with the question."""
    if field in {"", "picture"}:
        field = "stem"
    if field not in _SHOWN:
        draft.note(f"A picture in the column {field!r} is not taken over.")
        return
    text, shown = row.get(field, ""), "".join(tags)
    row[field] = f"{shown} {text}" if text.startswith("->") else f"{text} {shown}".strip()
    if row[field].count("->") == 1 and field in OPTION_COLUMNS and not text.endswith("->") and text[:2] != "->":
        draft.note("A picture of a pair stands with its answer.")


def question_of(draft: Draft, row: dict[str, str]) -> None:
    """Fill a draft from the named cells of its row."""
    if row.get("picture"):
        add_pictures(draft, row, "stem", [f'<img src="{escape(row["picture"])}">'])
    question, kind = draft.question, _type_of(row)
    draft.topic = row.get("topic", "")
    question |= {"type": kind, "stem": with_line_breaks(row.get("stem", ""))}
    for field, name in (
        ("explanation", "explanation"),
        ("difficulty", "difficulty"),
        ("year", "year"),
        ("exam_body", "examBody"),
        ("subject", "subject"),
        ("source", "source"),
    ):
        if row.get(field):
            question[name] = with_line_breaks(row[field]) if field == "explanation" else row[field]
    if "difficulty" in question:
        question["difficulty"] = question["difficulty"].lower()
    if row.get("marks"):
        marks = draft.number("marks", row["marks"])
        question["marks"] = plain_number(marks) if marks is not None else "1"
    for field in ("tags", "hints"):
        if row.get(field):
            question[field] = _parts(row[field])
    filler = _FILLERS.get(kind)
    if filler:
        filler(draft, row)
    else:
        draft.refuse(
            "type", f"{kind[:40]!r} is no type of question." if kind else "Say which type of question this is."
        )


def _type_of(row: Row) -> str:
    given = re.sub(r"[^a-z]+", "_", row.get("type", "").lower()).strip("_")
    if given:
        return _TYPES.get(given, given)
    texts, correct = _option_texts(row), row.get("correct", "")
    if texts:
        return (
            "multiple" if len(_LETTER_SEPARATORS.split(correct)) > 1 and len(_chosen(correct, texts)) > 1 else "single"
        )
    if correct.lower() in _TRUE | _FALSE - {"0", "1"}:
        return "true_false"
    if decimal_of(correct) is not None or is_ambiguous(correct):
        return "numeric"
    return "short_text" if correct else "theory" if row.get("rubric") else ""


def _option_texts(row: Row) -> list[str]:
    texts = [row.get(name, "") for name in OPTION_COLUMNS]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def _chosen(correct: str, texts: list[str]) -> list[str]:
    """Return the letters that a key names: by letter, by the option's own text, or by its number."""
    letters, words = LETTERS[: len(texts)], [IMAGE.sub("", text).strip() for text in texts]
    for marks in ([correct], _parts(correct), _LETTER_SEPARATORS.split(correct.strip())):
        if all(len(mark) == 1 and mark.lower() in letters for mark in marks):
            return [mark.lower() for mark in marks]
        if all(mark and mark in words for mark in marks):
            return [LETTERS[words.index(mark)] for mark in marks]
        if all(mark.isdecimal() and mark.isascii() and 1 <= int(mark[:3]) <= len(texts) for mark in marks):
            return [LETTERS[int(mark) - 1] for mark in marks]
    return []


def _choice(draft: Draft, row: Row) -> None:
    texts = _option_texts(row)
    for letter, text in zip(LETTERS, texts, strict=False):
        if not text:
            draft.refuse(f"option_{letter}", "An option stands empty between others.")
    chosen = _chosen(row.get("correct", ""), texts)
    if not chosen:
        draft.refuse("correct", "Name the right option by its letter, its number or its text.")
    draft.question |= {
        "options": options([with_line_breaks(text) for text in texts]),
        "correctOptionIds": list(dict.fromkeys(chosen)),
    }


def _true_false(draft: Draft, row: Row) -> None:
    said = row.get("correct", "").lower()
    if said not in _TRUE | _FALSE:
        draft.refuse("correct", "Say true or false.")
    draft.question["correct"] = said in _TRUE


def _numeric(draft: Draft, row: Row) -> None:
    value = draft.number("correct", row.get("correct", ""))
    draft.question["value"] = plain_number(value) if value is not None else "0"
    given = row.get("tolerance", "0")
    amount = draft.number("tolerance", given.removesuffix("%")) or Decimal(0)
    is_relative = given.endswith("%")
    draft.question["tolerance"] = {
        "kind": "relative" if is_relative else "absolute",
        "amount": plain_number(amount / 100 if is_relative else amount),
    }
    if row.get("unit"):
        draft.question["unit"] = row["unit"]


def _short_text(draft: Draft, row: Row) -> None:
    accepted = []
    for part in _parts(row.get("correct", "")):
        weighted = _WEIGHTED.fullmatch(part)
        credit = percent_of(weighted.group(1)) if weighted else None
        accepted.append(
            {
                "text": typed(draft, weighted.group(2) if weighted else part),
                "credit": credit_of(credit) if credit is not None else "1",
            }
        )
    if not accepted:
        draft.refuse("correct", "Name at least one answer that is right.")
    draft.question |= {
        "accepted": accepted,
        "caseSensitive": _flag(row, "case_sensitive"),
        "accentSensitive": _flag(row, "accent_sensitive"),
    }


def _flag(row: Row, name: str) -> bool:
    return row.get(name, "").lower() in _TRUE


def _matching(draft: Draft, row: Row) -> None:
    pairs = []
    for name in OPTION_COLUMNS:
        if not row.get(name):
            continue
        prompt, arrow, choice = row[name].partition("->")
        if not arrow or not choice.strip():
            draft.refuse(name, "Write a pair as `prompt -> answer`, and an answer too many as `-> answer`.")
        pairs.append((prompt.strip(), choice.strip()))
    draft.question |= matching(pairs)


def _ordering(draft: Draft, row: Row) -> None:
    draft.question |= ordering([text for text in _option_texts(row) if text])


def _cloze(draft: Draft, row: Row) -> None:
    draft.question["stem"], draft.question["gaps"] = read_gaps(with_line_breaks(row.get("stem", "")), draft)


def _theory(draft: Draft, row: Row) -> None:
    _rubric(draft, row)
    if row.get("word_limit"):
        draft.question["wordLimit"] = row["word_limit"]


def _practical(draft: Draft, row: Row) -> None:
    _rubric(draft, row)
    draft.question |= {
        "fileKinds": file_kinds(_parts(row.get("file_kinds", ""))),
        "maxFiles": row.get("max_files") or "1",
    }


def _rubric(draft: Draft, row: Row) -> None:
    criteria = []
    for letter, part in zip(LETTERS, _parts(row.get("rubric", "")), strict=False):
        text, _, points = part.rpartition(":")
        worth = draft.number("rubric", points) if text else None
        if not text:
            draft.refuse("rubric", "Write a criterion as `text: points`.")
        criteria.append(
            {"id": letter, "text": text.strip(), "points": plain_number(worth) if worth is not None else "1"}
        )
    if criteria:
        draft.question["rubric"] = {"criteria": criteria}


_FILLERS: dict[str, Callable[[Draft, Row], None]] = {
    "single": _choice, "multiple": _choice, "true_false": _true_false, "numeric": _numeric, "short_text": _short_text,
    "matching": _matching, "ordering": _ordering, "cloze": _cloze, "theory": _theory, "practical": _practical,
}  # fmt: skip
