"""Interactions whose answers are chosen, ordered or paired."""

from typing import Any
from xml.etree.ElementTree import Element

from functions.imports.formats.qti.markup import html_of
from functions.imports.formats.qti.responses import correct_of, mapped_of
from functions.imports.syntax.drafts import LETTERS, NO_CHOICE, SEVERAL_RIGHT, Draft
from functions.imports.syntax.safe_xml import children


def choices_of(draft: Draft, interaction: Element, kind: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the letter of each identifier, and the choices in their order with feedback where they have any."""
    letters, made = {}, []
    is_shuffled = interaction.get("shuffle") != "false"
    for letter, choice in zip(LETTERS, children(interaction, kind), strict=False):
        letters[choice.get("identifier", "")] = letter
        feedback = " ".join(html_of(draft, each) for each in children(choice, "feedbackInline"))
        option: dict[str, Any] = {"id": letter, "text": html_of(draft, choice)}
        option |= {"feedback": feedback} if feedback else {}
        option |= {"pinned": True} if choice.get("fixed") == "true" or not is_shuffled else {}
        made.append(option)
    if len(children(interaction, kind)) > len(LETTERS):
        draft.refuse("options", f"A question may have {len(LETTERS)} options at most.")
    return letters, made


def right_letters(draft: Draft, field: str, letters: dict[str, str], declaration: Element | None) -> list[str]:
    """Return the letters of the choices that a declaration says are right."""
    right = correct_of(declaration) or [name for name, value in mapped_of(declaration).items() if value > 0]
    if not right or not set(right) <= letters.keys():
        draft.refuse(field, NO_CHOICE)
    mapped = {value for name, value in mapped_of(declaration).items() if name in right}
    if len(mapped) > 1 or any(value < 0 for value in mapped_of(declaration).values()):
        draft.note("Different weights and negative marks of choices are not kept; each right one counts the same.")
    return [letters[name] for name in right if name in letters]


def choice(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    """Take a choice of one or of several."""
    letters, made = choices_of(draft, interaction, "simpleChoice")
    right = right_letters(draft, "correctOptionIds", letters, declaration)
    is_multiple = (
        declaration is not None
        and declaration.get("cardinality") == "multiple"
        and interaction.get("maxChoices", "1") != "1"
    )
    if not is_multiple and len(right) > 1:
        draft.refuse("correctOptionIds", SEVERAL_RIGHT)
    draft.question |= {
        "type": "multiple" if is_multiple else "single",
        "options": made,
        "correctOptionIds": right,
    }


def order(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    """Take items that are put in an order."""
    letters, made = choices_of(draft, interaction, "simpleChoice")
    right = right_letters(draft, "correctOrder", letters, declaration)
    if any(choice.get("fixed") == "true" for choice in children(interaction, "simpleChoice")):
        draft.note("That items of an order keep their places is not kept.")
    draft.question |= {
        "type": "ordering",
        "items": [{"id": each["id"], "text": each["text"]} for each in made],
        "correctOrder": right,
    }


def match(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    """Take two sets whose members are paired."""
    sets = children(interaction, "simpleMatchSet")
    if len(sets) != 2:
        draft.refuse("pairs", "The item does not hold two sets to match.")
        return
    prompts, choices = (
        {each.get("identifier", ""): html_of(draft, each) for each in children(half, "simpleAssociableChoice")}
        for half in sets
    )
    pairs: dict[str, str] = {}
    for value in correct_of(declaration):
        first, _, second = value.partition(" ")
        if first not in prompts or second not in choices or first in pairs:
            draft.refuse("pairs", f"The pair {value[:60]!r} does not give one choice to one prompt.")
        pairs[first] = second
    names = {name: f"c{number}" for number, name in enumerate(choices, 1)}
    marks = {name: f"p{number}" for number, name in enumerate(prompts, 1)}
    draft.question |= {
        "type": "matching",
        "prompts": [{"id": marks[name], "text": text} for name, text in prompts.items()],
        "choices": [{"id": names[name], "text": text} for name, text in choices.items()],
        "pairs": {marks[first]: names[second] for first, second in pairs.items() if first in marks and second in names},
    }
