"""Aiken, Moodle's simplest format: a question, its options behind letters, and a line that names the right one."""

import re
from collections.abc import Iterator
from typing import TextIO

from functions.imports.syntax.drafts import Draft, clean, from_plain, options
from functions.imports.syntax.limits import MOST_TEXT

_OPTION = re.compile(r"([A-Z])(?:\)\s*|\.\s+)(\S.*)")
_CLOSE_OPTION = re.compile(r"([A-Z])\.(\S.*)")
_ANSWER = re.compile(r"ANSWER:\s*(.*)", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Z](?:\s*[,;]\s*[A-Z])*")
_MOST_LINES = 200


def read(source: TextIO) -> Iterator[Draft]:
    """Read a file's questions one after the other; what breaks off before its answer is a row of its own."""
    stem: list[str] = []
    choices: list[tuple[str, str]] = []
    number = 1
    for line in source:
        text = clean(line.strip("\ufeff"))
        answer, option = _ANSWER.fullmatch(text), _OPTION.fullmatch(text) or _close_option(text, stem, choices)
        if answer:
            yield _draft(number, stem, choices, answer.group(1))
        elif option and not (choices and option.group(1) <= choices[-1][0]):
            choices.append((option.group(1), option.group(2)))
            continue
        elif text and not choices and len(stem) < _MOST_LINES:
            stem.append(text)
            continue
        elif not text:
            continue
        else:
            yield _draft(number, stem, choices, None)
        stem, choices = ([] if answer else [text]), []
        number += 1
    if stem or choices:
        yield _draft(number, stem, choices, None)


def _close_option(text: str, stem: list[str], choices: list[tuple[str, str]]) -> re.Match[str] | None:
    """Read `A.One` as an option where the next letter is due, and not as an abbreviation such as `U.S.`."""
    due = chr(ord(choices[-1][0]) + 1) if choices else "A"
    return _CLOSE_OPTION.fullmatch(text) if stem and text[:1] == due else None


def _draft(number: int, stem: list[str], choices: list[tuple[str, str]], answer: str | None) -> Draft:
    written = [
        *stem,
        *(f"{letter}) {text}" for letter, text in choices),
        *([] if answer is None else [f"ANSWER: {answer}"]),
    ]
    draft = Draft(number, ["\n".join(written)[:MOST_TEXT]])
    letters = [letter for letter, _ in choices]
    made = options([from_plain(text) for _, text in choices])
    draft.question |= {"type": "single", "stem": from_plain("\n".join(stem)), "options": made}
    if not stem:
        draft.refuse("stem", "There is no question before the options.")
    if len(choices) < 2:
        draft.refuse("options", "A question needs two options at least.")
    if answer is None:
        draft.refuse("correctOptionIds", "The question breaks off before its ANSWER line.")
        return draft
    wanted = re.findall(r"[A-Z]", answer) if _LETTERS.fullmatch(answer) else []
    if not wanted or not set(wanted) <= set(letters):
        draft.refuse("correctOptionIds", f"ANSWER names {answer[:40]!r}, which is none of the options.")
    correct = [made[letters.index(letter)]["id"] for letter in dict.fromkeys(wanted) if letter in letters]
    draft.question |= {"type": "single" if len(correct) < 2 else "multiple", "correctOptionIds": correct}
    return draft
