"""What is right in a question, in words, by the letters and numbers that the printed paper has."""

from collections.abc import Sequence
from decimal import Decimal

from lyceum.rules.questions.views import AcceptedView, KeyedContent, KeyedGap, PartView

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def right(kind: str, shown: KeyedContent | KeyedGap, yes: str, no: str) -> list[str]:
    """Return the lines that say what is right; none for what a person marks by a rubric."""
    if kind == "true_false":
        return [f"{letter(0)}. {yes}" if shown.correct else f"{letter(1)}. {no}"]
    if shown.correct_option_ids:
        return [", ".join(sorted(letter_of(shown.options or [], name) for name in shown.correct_option_ids))]
    if shown.value is not None:
        return [_number(shown, shown.value)]
    if shown.accepted:
        return [" / ".join(_accepted(each) for each in shown.accepted)]
    return _of_parts(shown, yes, no) if isinstance(shown, KeyedContent) else []


def _of_parts(shown: KeyedContent, yes: str, no: str) -> list[str]:
    if shown.pairs:
        letters = {prompt.id: letter_of(shown.choices or [], shown.pairs[prompt.id]) for prompt in shown.prompts or []}
        return [", ".join(f"{number}: {letter}" for number, letter in enumerate(letters.values(), 1))]
    if shown.correct_order:
        return [" → ".join(letter_of(shown.items or [], name) for name in shown.correct_order)]
    return [
        f"({number}) {line}" for number, gap in (shown.gaps or {}).items() for line in right(gap.type, gap, yes, no)
    ]


def letter_of(parts: Sequence[PartView], name: str) -> str:
    """Return the letter under which a part is printed."""
    return letter(next((place for place, part in enumerate(parts) if part.id == name), 0))


def letter(place: int) -> str:
    """Name the part at a place, from 0: A to Z, then AA, AB and so on."""
    return _ALPHABET[place] if place < len(_ALPHABET) else f"A{_ALPHABET[place - len(_ALPHABET)]}"


def _number(shown: KeyedContent | KeyedGap, value: str) -> str:
    unit = f" {shown.unit}" if shown.unit else ""
    tolerance = shown.tolerance
    if tolerance is None or not Decimal(tolerance.amount):
        return f"{value}{unit}"
    is_relative = tolerance.kind == "relative"
    amount = f"{(Decimal(tolerance.amount) * 100).normalize():f} %" if is_relative else tolerance.amount
    return f"{value}{unit} (± {amount})"


def _accepted(answer: AcceptedView) -> str:
    return answer.text if answer.credit == 1 else f"{answer.text} ({(answer.credit * 100).normalize():f} %)"
