"""The columns of a table of questions: which header means which field, and what a row says by them.

`docs/import-formats.md` shows each type with an example; `template` writes the same rows.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from lyceum.kit.values.spreadsheet import write_csv
from lyceum.rules.questions.values import is_ambiguous

from functions.imports.formats.cloze import read_gaps
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
from functions.imports.syntax.limits import Unreadable
from functions.imports.syntax.rich_text import typed

MOST_OPTIONS = 20
OPTION_COLUMNS = [f"option_{letter}" for letter in LETTERS[:MOST_OPTIONS]]
FIELDS = (
    "type", "topic", "stem", *OPTION_COLUMNS, "correct", "tolerance", "unit", "case_sensitive", "accent_sensitive",
    "rubric", "word_limit", "file_kinds", "max_files", "explanation", "hints", "marks", "difficulty", "tags", "year",
    "exam_body", "subject", "source",
)  # fmt: skip
_SYNONYMS = {
    "question": "stem", "question_text": "stem", "text": "stem", "prompt": "stem", "answer": "correct",
    "answers": "correct", "key": "correct", "correct_answer": "correct", "correct_answers": "correct",
    "correct_option": "correct", "correct_options": "correct", "right_answer": "correct", "question_type": "type",
    "kind": "type", "topic_id": "topic", "topic_title": "topic", "mark": "marks", "points": "marks", "score": "marks",
    "tag": "tags", "keywords": "tags", "hint": "hints", "exam": "exam_body", "examination": "exam_body",
    "feedback": "explanation", "solution": "explanation", "rationale": "explanation", "units": "unit",
    "case": "case_sensitive",
}  # fmt: skip
_OPTION = re.compile(r"(?:option|choice|answer|distractor)?_?([a-t]|[1-9]|1\d|20)")
_SEPARATORS = re.compile(r"[;|\n]")
_LETTER_SEPARATORS = re.compile(r"[\s,;|&+/]+")
_WEIGHTED = re.compile(r"%(\d{1,3}(?:[.,]\d{1,20})?)%\s*(.*)", re.DOTALL)
_PART = re.compile(r"(?:options|items)\[(1?\d)\]")
_COLUMN_OF_FIELD = {
    "correctOptionIds": "correct", "value": "correct", "accepted": "correct", "options": "option_a",
    "items": "option_a", "prompts": "option_a", "choices": "option_a", "pairs": "option_a", "gaps": "stem",
}  # fmt: skip
_TRUE, _FALSE = {"true", "t", "yes", "y", "1"}, {"false", "f", "no", "n", "0"}
_TYPES = {
    "mcq": "single", "multiple_choice": "single", "single_choice": "single", "multiple_answer": "multiple",
    "multiple_response": "multiple", "truefalse": "true_false", "boolean": "true_false", "tf": "true_false",
    "number": "numeric", "numerical": "numeric", "shortanswer": "short_text", "short_answer": "short_text",
    "text": "short_text", "match": "matching", "order": "ordering", "sequence": "ordering", "gaps": "cloze",
    "essay": "theory", "file": "practical", "upload": "practical",
}  # fmt: skip
Row = Mapping[str, str]


def recognise(header: list[str], named: Mapping[str, str]) -> dict[int, str]:
    """Say which field each column of a header is; `named` are the headers that the owner gave fields to.

    Raises Unreadable for a named header that is not there, for two columns of one field and for a table without stems.
    """
    wanted = _wanted(header, named)
    found: dict[int, str] = {}
    for position, title in enumerate(header):
        field = wanted.get(position) or _meaning(title)
        if not field or (position not in wanted and field in wanted.values()):
            continue
        if field in found.values():
            raise Unreadable(f"Two columns are {field}: {title!r} is the second.")
        found[position] = field
    if "stem" not in found.values():
        raise Unreadable("No column holds the questions; call it 'stem' or say in `columns` which one it is.")
    return found


def _wanted(header: list[str], named: Mapping[str, str]) -> dict[int, str]:
    wanted = {}
    for given, title in named.items():
        field = _snake(given)
        if field not in FIELDS:
            raise Unreadable(f"`columns` names {given!r}, and there is no such field.")
        if title not in header:
            raise Unreadable(f"`columns` names the header {title!r}, and the file has none like it.")
        wanted[header.index(title)] = field
    return wanted


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _meaning(title: str) -> str | None:
    name = re.sub(r"[^a-z0-9]+", "_", _snake(title.strip())).strip("_")
    if name in FIELDS:
        return name
    if name in _SYNONYMS:
        return _SYNONYMS[name]
    option = _OPTION.fullmatch(name)
    if not option:
        return None
    mark = option.group(1)
    return f"option_{mark if mark.isalpha() else LETTERS[int(mark) - 1]}"


def column_of(field: str) -> str:
    """Say which column a field of a question comes from: `options[1].text` from `option_b`."""
    part = _PART.match(field)
    if part:
        return OPTION_COLUMNS[int(part.group(1))]
    root = re.split(r"[.\[]", field, maxsplit=1)[0]
    return _COLUMN_OF_FIELD.get(root) or _snake(root)


def question_of(draft: Draft, row: Row) -> None:
    """Fill a draft from the named cells of its row."""
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
    letters = LETTERS[: len(texts)]
    for marks in ([correct], _parts(correct), _LETTER_SEPARATORS.split(correct.strip())):
        if all(len(mark) == 1 and mark.lower() in letters for mark in marks):
            return [mark.lower() for mark in marks]
        if all(mark in texts for mark in marks):
            return [LETTERS[texts.index(mark)] for mark in marks]
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
EXAMPLES: tuple[Row, ...] = (
    {
        "type": "single", "stem": "Which gas do plants take in?", "option_a": "Oxygen", "option_b": "Carbon dioxide",
        "option_c": "Helium", "correct": "b", "explanation": "They turn it into sugar.", "difficulty": "easy",
        "tags": "biology; plants",
    },
    {
        "type": "multiple", "stem": "Which of these are prime?", "option_a": "2", "option_b": "4", "option_c": "7",
        "correct": "a; c", "marks": "2",
    },
    {"type": "true_false", "stem": "The Niger flows into the Atlantic Ocean.", "correct": "true"},
    {
        "type": "numeric", "stem": "What is the speed of sound in air at 20 °C?", "correct": "343", "tolerance": "1%",
        "unit": "m/s",
    },
    {
        "type": "short_text", "stem": "What is the capital of France?", "correct": "Paris | %50%Lutetia",
        "case_sensitive": "no",
    },
    {
        "type": "matching", "stem": "Match each country with its capital.", "option_a": "Ghana -> Accra",
        "option_b": "Kenya -> Nairobi", "option_c": "-> Lagos",
    },
    {
        "type": "ordering", "stem": "Put these in the order of their size.", "option_a": "Moon", "option_b": "Earth",
        "option_c": "Sun",
    },
    {
        "type": "cloze",
        "stem": "Water boils at {1:NUMERICAL:=100:1} degrees "
        "and is made of {1:MULTICHOICE:=hydrogen~helium} and oxygen.",
    },
    {
        "type": "theory", "stem": "Explain photosynthesis.", "rubric": "Light: 4 | Sugar: 3 | Language: 3",
        "marks": "10", "word_limit": "400",
    },
    {
        "type": "practical", "stem": "Draw a plant cell and send a picture of it.", "rubric": "Labels: 5", "marks": "5",
        "file_kinds": "image; pdf", "max_files": "2",
    },
)  # fmt: skip
_TEMPLATE_FIELDS = [field for field in FIELDS if field not in OPTION_COLUMNS[4:]]


def template() -> str:
    """Write a table with every column and an example of each type, as CSV."""
    return write_csv([_TEMPLATE_FIELDS, *([row.get(field, "") for field in _TEMPLATE_FIELDS] for row in EXAMPLES)])
