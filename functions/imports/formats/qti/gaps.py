"""Interactions inside of a text: gaps that are filled, chosen for or dragged into."""

from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from functions.imports.formats.cloze import MOST_GAPS
from functions.imports.formats.qti.choices import choices_of, right_letters
from functions.imports.formats.qti.markup import replaced, told_before
from functions.imports.formats.qti.responses import correct_of, declaration_of, mapped_of, template_of
from functions.imports.syntax.drafts import (
    NO_ANSWER,
    SEVERAL_RIGHT,
    Draft,
    clean,
    credit_of,
    decimal_of,
    plain_number,
)
from functions.imports.syntax.safe_xml import children, descendants, inner, local

INLINE = {"textEntryInteraction", "inlineChoiceInteraction"}
"""Interactions that are gaps of a text."""
_NUMBERS = {"float", "integer"}


def is_alone(body: Element, interaction: Element) -> bool:
    """Say whether a gap is the last thing of its text, so that it is a question with an answer and not a cloze."""
    text = "".join(body.itertext()).rstrip()
    after = "".join(_behind(body, interaction)).strip(" .?!:;\n\t")
    return local(interaction) == "textEntryInteraction" and bool(text) and not after


def _behind(body: Element, interaction: Element) -> list[str]:
    found: list[str] = []
    is_behind = False
    for each in _in_order(body):
        if each is interaction:
            is_behind, found = True, []
        elif is_behind and isinstance(each, str):
            found.append(each)
    return found


def _in_order(element: Element) -> list[Element | str]:
    parts: list[Element | str] = [element, element.text or ""]
    for each in element:
        parts += [*_in_order(each), each.tail or ""]
    return parts


def gap(draft: Draft, field: str, item: Element, interaction: Element) -> dict[str, Any]:
    """Take one gap of a text, to be filled or chosen for."""
    declaration = declaration_of(item, interaction)
    if local(interaction) == "inlineChoiceInteraction":
        letters, made = choices_of(draft, interaction, "inlineChoice")
        chosen = right_letters(draft, field, letters, declaration)
        if len(chosen) > 1:
            draft.refuse(field, SEVERAL_RIGHT)
        return {"type": "single", "options": made, "correctOptionIds": chosen[:1]}
    right, mapped = correct_of(declaration), mapped_of(declaration)
    if right and template_of(item).startswith("match_correct"):
        mapped = {}
    if declaration is not None and declaration.get("baseType") in _NUMBERS:
        given = right[0] if right else next(iter(mapped), "")
        value = draft.number(field, given) if given else None
        if not given:
            draft.refuse(field, NO_ANSWER)
        return {
            "type": "numeric",
            "value": plain_number(value or Decimal(0)),
            "tolerance": _tolerance(draft, field, item, interaction),
        }
    best = max([*mapped.values(), Decimal(0)])
    accepted = [
        {"text": clean(text), "credit": credit_of(100 * value / best)} for text, value in mapped.items() if value > 0
    ]
    accepted = accepted or [{"text": clean(text), "credit": "1"} for text in right]
    if not accepted:
        draft.refuse(field, NO_ANSWER)
    entries = descendants(declaration, "mapEntry") if declaration is not None else []
    cases = {entry.get("caseSensitive", "true") for entry in entries}
    if len(cases) > 1:
        draft.note("Of answers of which some heed case, all do.")
    is_cased = cases != {"false"}  # as the format says where nothing is said
    return {"type": "short_text", "accepted": accepted, "caseSensitive": is_cased, "accentSensitive": True}


def _tolerance(draft: Draft, field: str, item: Element, interaction: Element) -> dict[str, str]:
    """Return how far from a number an answer may be: the larger side of the `equal` that compares its response."""
    for equal in descendants(item, "equal"):
        compared = [each.get("identifier") for each in descendants(equal, "variable")]
        sides = equal.get("tolerance", "").split()
        if (
            interaction.get("responseIdentifier") in compared
            and sides
            and equal.get("toleranceMode") in {"absolute", "relative"}
        ):
            if "false" in {equal.get("includeLowerBound"), equal.get("includeUpperBound")}:
                draft.note("The very ends of a range, which the item leaves out, count as right.")
            if len({Decimal(side) for side in sides[:2] if decimal_of(side) is not None}) > 1:
                draft.note("Of a tolerance with two sides the larger is kept for both.")
            amount = max(draft.number(field, side) or Decimal(0) for side in sides[:2])
            if equal.get("toleranceMode") == "relative":  # in percent, says the information model
                return {"kind": "relative", "amount": plain_number(amount / 100)}
            return {"kind": "absolute", "amount": plain_number(amount)}
    return {"kind": "absolute", "amount": "0"}


def cloze(draft: Draft, item: Element, body: Element) -> None:
    """Take a text with gaps."""
    gaps: dict[str, Any] = {}

    def replace(element: Element) -> str | None:
        if local(element) not in INLINE:
            return replaced(draft, element)
        name = str(len(gaps) + 1)
        gaps[name] = gap(draft, f"gaps.{name}", item, element)
        return f"{{{{{name}}}}}"

    told = told_before(draft, item, body)
    draft.question |= {"type": "cloze", "stem": clean(" ".join([*told, inner(body, replace)])), "gaps": gaps}


def gap_match(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    """Take texts that are dragged into gaps as gaps with choices: each offers all of them."""
    letters, made = choices_of(draft, interaction, "gapText")
    if children(interaction, "gapImg"):
        draft.refuse("gaps", "Pictures that are dragged into gaps can not be taken.")
    if any(choice.get("matchMax", "1") == "1" for choice in children(interaction, "gapText")):
        draft.note("Each gap offers every choice; that a choice is used up by another gap is not kept.")
    pairs = [value.partition(" ") for value in correct_of(declaration)]
    right = {gap: letters[choice] for choice, _, gap in pairs if choice in letters}
    gaps: dict[str, Any] = {}

    def replace(element: Element) -> str | None:
        if local(element) == "gapText":
            return ""
        if local(element) != "gap":
            return replaced(draft, element)
        name = str(len(gaps) + 1)
        chosen = right.get(element.get("identifier", ""))
        if chosen is None:
            draft.refuse(f"gaps.{name}", "No choice is right for this gap, and one that stays empty can not be taken.")
        options = [dict(each) for each in made]
        gaps[name] = {"type": "single", "options": options, "correctOptionIds": [chosen] if chosen else []}
        return f"{{{{{name}}}}}"

    text = clean(inner(interaction, replace))
    if len(gaps) > MOST_GAPS:
        draft.refuse("gaps", f"A text may have {MOST_GAPS} gaps at most.")
    draft.question |= {"type": "cloze", "stem": clean(f"{draft.question['stem']} {text}"), "gaps": gaps}
