"""Writes tables of questions, in the columns that an import reads: CSV, and workbooks whose cells are all text."""

import io
from collections.abc import Sequence
from decimal import Decimal
from string import ascii_lowercase
from typing import Any

from lyceum.kit.values.spreadsheet import MOST_CELL, write_report, write_workbook

from functions.questions.exports.embedded import text_with_gaps
from functions.questions.exports.exported import Exported, number, percent

_OPTIONS = [f"option_{letter}" for letter in ascii_lowercase[:20]]
COLUMNS = (
    "type", "topic", "stem", *_OPTIONS, "correct", "tolerance", "unit", "case_sensitive", "accent_sensitive",
    "rubric", "word_limit", "file_kinds", "max_files", "explanation", "hints", "marks", "difficulty", "tags", "year",
    "exam_body", "subject", "source",
)  # fmt: skip
_SEPARATORS = (";", "|", "\n")


def write_as_csv(questions: Sequence[Exported]) -> bytes:
    """Write CSV (RFC 4180) with a byte order mark, every cell neutral."""
    rows = [_cells(row) for row in map(_row, questions) if row is not None]
    return write_report([list(COLUMNS), *rows]).encode()


def write_as_xlsx(questions: Sequence[Exported]) -> bytes:
    """Write a workbook."""
    made = io.BytesIO()
    rows = [_cells(row) for row in map(_row, questions) if row is not None]
    write_workbook(COLUMNS, rows, made, "Questions")
    return made.getvalue()


def _cells(row: dict[str, str]) -> list[str]:
    return [row.get(name, "") for name in COLUMNS]


def _row(question: Exported) -> dict[str, str] | None:
    """Write a question as a row; None where a cell can not hold what it must."""
    fields: Any = question.fields
    row = {"type": question.type, "topic": str(fields["topic_id"]), "stem": question.rich(fields["stem"])}
    answered = _answer(question)
    if answered is None or any(len(cell) > MOST_CELL for cell in [*row.values(), *answered.values()]):
        question.leave_out()
        question.lost = ["a text that parts cells or is too long for one"]
        return None
    row |= answered
    question.lose_meta(_META)
    for name in ("explanation", "difficulty", "year", "exam_body", "subject", "source"):
        if fields.get(name):
            row[name] = question.rich(str(fields[name])) if name == "explanation" else str(fields[name])
    row["marks"] = number(fields.get("marks", 1))
    for name in ("tags", "hints"):
        parts = [question.rich(str(each)) for each in fields.get(name) or ()]
        if any(mark in part for part in parts for mark in _SEPARATORS):
            question.lose(name)
        elif parts:
            row[name] = " | ".join(parts)
    return row


_META = {
    "explanation", "difficulty", "year", "exam_body", "subject", "source", "marks", "tags", "hints",
}  # fmt: skip


def _answer(question: Exported) -> dict[str, str] | None:
    fields: Any = question.fields
    match question.type:
        case "single" | "multiple":
            return _choice(question)
        case "true_false":
            return {"correct": "true" if fields["correct"] else "false"}
        case "numeric":
            return _numeric(question)
        case "short_text":
            return _short_text(question)
        case "matching":
            return _matching(question)
        case "ordering":
            texts = {each["id"]: question.rich(each["text"]) for each in fields["items"]}
            return dict(zip(_OPTIONS, [texts[name] for name in fields["correct_order"]], strict=False))
        case "cloze":
            return {"stem": text_with_gaps(question)}
    return _graded(question)


def _choice(question: Exported) -> dict[str, str]:
    fields: Any = question.fields
    for option in fields["options"]:
        if option.get("feedback"):
            question.lose("feedback on options")
        if option.get("pinned"):
            question.lose("places of pinned options")
    letters = {option["id"]: letter for option, letter in zip(fields["options"], ascii_lowercase, strict=False)}
    texts = [question.rich(option["text"]) for option in fields["options"]]
    right = "; ".join(sorted(letters[name] for name in fields["correct_option_ids"]))
    return {**dict(zip(_OPTIONS, texts, strict=False)), "correct": right}


def _numeric(question: Exported) -> dict[str, str]:
    fields: Any = question.fields
    tolerance = fields.get("tolerance") or {}
    amount = Decimal(str(tolerance.get("amount", 0)))
    is_relative = tolerance.get("kind") == "relative"
    told = f"{number(amount * 100)}%" if is_relative else number(amount)
    return {"correct": number(fields["value"]), "tolerance": told, "unit": fields.get("unit") or ""}


def _short_text(question: Exported) -> dict[str, str] | None:
    fields: Any = question.fields
    texts = [str(each["text"]) for each in fields["accepted"]]
    if any(mark in text for text in texts for mark in _SEPARATORS):
        return None
    answers = [f"%{percent(each['credit'])}%{each['text']}" for each in fields["accepted"]]
    return {
        "correct": " | ".join(answers),
        "case_sensitive": "yes" if fields.get("case_sensitive") else "no",
        "accent_sensitive": "yes" if fields.get("accent_sensitive") else "no",
    }


def _matching(question: Exported) -> dict[str, str] | None:
    fields: Any = question.fields
    choices = {each["id"]: question.rich(each["text"]) for each in fields["choices"]}
    cells = [f"{question.rich(each['text'])} -> {choices[fields['pairs'][each['id']]]}" for each in fields["prompts"]]
    cells += [f"-> {text}" for name, text in choices.items() if name not in fields["pairs"].values()]
    return dict(zip(_OPTIONS, cells, strict=False)) if len(cells) <= len(_OPTIONS) else None


def _graded(question: Exported) -> dict[str, str] | None:
    fields: Any = question.fields
    row: dict[str, str] = {}
    criteria = (fields.get("rubric") or {}).get("criteria", ())
    texts = [question.rich(each["text"]) for each in criteria]
    if any(mark in text for text in texts for mark in _SEPARATORS):
        question.lose("rubric")
    elif texts:
        pairs = zip(texts, criteria, strict=True)
        row["rubric"] = " | ".join(f"{text}: {number(each['points'])}" for text, each in pairs)
    if fields.get("show_rubric"):
        question.lose("that candidates see the rubric")
    if question.type == "theory":
        return row | ({"word_limit": str(int(fields["word_limit"]))} if fields.get("word_limit") else {})
    return row | {"file_kinds": "; ".join(fields["file_kinds"]), "max_files": str(int(fields.get("max_files", 1)))}
