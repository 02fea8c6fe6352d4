"""Which header of a table means which field of a question."""

import re
from collections.abc import Mapping

from functions.imports.syntax.drafts import LETTERS
from functions.imports.syntax.limits import Unreadable

MOST_OPTIONS = 20
OPTION_COLUMNS = [f"option_{letter}" for letter in LETTERS[:MOST_OPTIONS]]
FIELDS = (
    "type", "topic", "stem", "picture", *OPTION_COLUMNS, "correct", "tolerance", "unit", "case_sensitive",
    "accent_sensitive", "rubric", "word_limit", "file_kinds", "max_files", "explanation", "hints", "marks",
    "difficulty", "tags", "year", "exam_body", "subject", "source",
)  # fmt: skip
_SYNONYMS = {
    "question": "stem", "question_text": "stem", "text": "stem", "prompt": "stem", "answer": "correct",
    "answers": "correct", "key": "correct", "correct_answer": "correct", "correct_answers": "correct",
    "correct_option": "correct", "correct_options": "correct", "right_answer": "correct", "question_type": "type",
    "kind": "type", "topic_id": "topic", "topic_title": "topic", "mark": "marks", "points": "marks", "score": "marks",
    "tag": "tags", "keywords": "tags", "hint": "hints", "exam": "exam_body", "examination": "exam_body",
    "feedback": "explanation", "solution": "explanation", "rationale": "explanation", "units": "unit",
    "case": "case_sensitive", "image": "picture", "figure": "picture", "diagram": "picture", "photo": "picture",
}  # fmt: skip
_OPTION = re.compile(r"(?:option|choice|answer|distractor)?_?([a-t]|[1-9]|1\d|20)")
_PART = re.compile(r"(?:options|items)\[(1?\d)\]")
_COLUMN_OF_FIELD = {
    "correctOptionIds": "correct", "value": "correct", "accepted": "correct", "options": "option_a",
    "items": "option_a", "prompts": "option_a", "choices": "option_a", "pairs": "option_a", "gaps": "stem",
}  # fmt: skip


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
