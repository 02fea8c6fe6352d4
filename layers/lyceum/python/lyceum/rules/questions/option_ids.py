"""Ids and order of options that say nothing of which is right, given when a question is stored (EXAM L5).

Authors and files put the right option where their habit puts it: `{=right ~wrong}`. So options stand in an order that
follows from question and text alone, those that are `pinned` at their own place, and have letters in that order. Later
revisions keep the letters: answers, statistics and corrected keys of different revisions name the same options.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from lyceum.kit.values.text import normalise
from lyceum.rules.questions.parts import Option, as_written
from lyceum.rules.questions.seeded_order import digest
from lyceum.rules.questions.types import AnyQuestion

_NOTHING: Mapping[str, Any] = {}


def neutralised(question: AnyQuestion, question_id: str, earlier: Mapping[str, Any] = _NOTHING) -> AnyQuestion:
    """Return a question whose options have neutral ids and places, and a key that names them.

    `earlier` is the content of the revision before, whose ids stay with their options.
    """
    if question.type == "cloze":
        known = earlier.get("gaps", {})
        gaps = {
            number: _renamed(gap, f"{question_id} {number}", known.get(number, {}))
            for number, gap in question.gaps.items()
        }
        return question.model_copy(update={"gaps": gaps})
    renamed: AnyQuestion = _renamed(question, question_id, earlier)
    return renamed


def _renamed(part: Any, seed: str, earlier: Mapping[str, Any]) -> Any:
    if not hasattr(part, "options"):
        return part
    options = _in_order(part.options, seed)
    names = _names(options, earlier.get("options", []))
    return part.model_copy(
        update={
            "options": [option.model_copy(update={"id": names[option.id]}) for option in options],
            "correct_option_ids": sorted(names[name] for name in part.correct_option_ids),
        }
    )


def _in_order(options: Sequence[Option], seed: str) -> list[Option]:
    def place(option: Option) -> tuple[str, str]:
        return digest(seed, "options", normalise(option.text)), digest(seed, "options", as_written(option.text))

    movable = iter(sorted((option for option in options if not option.pinned), key=place))
    return [option if option.pinned else next(movable) for option in options]


def _once(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep what one text alone names."""
    listed = list(named)
    times = Counter(text for text, _ in listed)
    return {text: option_id for text, option_id in listed if times[text] == 1}


def _names(options: Sequence[Option], earlier: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the new ids by those that the author used.

    An option keeps the id that its text had; one whose text changed keeps its own, or the only one left over.
    """
    names: dict[str, str] = {}
    for key in (as_written, normalise):
        former = [each for each in earlier if each["id"] not in names.values()]
        known = _once((key(each["text"]), each["id"]) for each in former)
        wanted = _once((key(option.text), option.id) for option in options if option.id not in names)
        names |= {option_id: known[text] for text, option_id in wanted.items() if text in known}
    left = {option["id"] for option in earlier} - set(names.values())
    unnamed = [option.id for option in options if option.id not in names]
    if len(unnamed) == len(left) == 1:
        return names | dict(zip(unnamed, left, strict=True))
    kept = {name: name for name in unnamed if name in left}
    used = {option["id"] for option in earlier}
    letters = [letter for letter in ascii_lowercase if letter not in used]
    letters += sorted(left - kept.keys())
    return names | kept | dict(zip((name for name in unnamed if name not in kept), letters, strict=False))
