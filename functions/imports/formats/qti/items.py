"""One assessment item of QTI 2.x as a question.

Its interaction says the type, its response declaration what is right.
"""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from functions.imports.formats.qti import keys
from functions.imports.formats.qti.choices import choice, match, order
from functions.imports.formats.qti.gaps import INLINE, cloze, gap, gap_match, is_alone
from functions.imports.formats.qti.markup import html_of, rubrics, told_before
from functions.imports.formats.qti.responses import declaration_of
from functions.imports.syntax.drafts import (
    Draft,
    clean,
    decimal_of,
    file_kinds,
    plain_number,
)
from functions.imports.syntax.safe_xml import child, children, descendants, local, text_of

_NOT_ASKING = {"endAttemptInteraction", "portableCustomInteraction"}
"""Elements that are called so and ask for nothing themselves: a button, and the inside of a tool's own interaction."""
_LOSSES = {
    "stylesheet": "Style sheets are not kept.", "catalogInfo": "Texts for those who hear or feel them are not kept.",
    "companionMaterialsInfo": "Tools and materials beside the question are not kept.",
}  # fmt: skip


def fill(draft: Draft, item: Element) -> None:
    """Fill a draft from an item: one block interaction, or any number of gaps in the text."""
    body = child(item, "itemBody")
    if body is None:
        draft.refuse("stem", "The item has no body.")
        return
    interactions = [
        each for each in body.iter() if local(each).endswith("Interaction") and local(each) not in _NOT_ASKING
    ]
    _refuse_templates(draft, item)
    _note_what_is_lost(draft, item)
    _set_marks(draft, item)
    _set_explanation(draft, item)
    names = {local(each) for each in interactions}
    if not interactions:
        draft.question["stem"] = html_of(draft, body)
        draft.refuse("type", "The item asks for nothing.")
    elif names <= INLINE and (len(interactions) > 1 or not is_alone(body, interactions[0])):
        cloze(draft, item, body)
        keys.reconcile(draft, item, interactions)
    elif len(interactions) > 1:
        draft.question["stem"] = html_of(draft, body)
        draft.refuse("type", f"An item with {len(interactions)} interactions can not be taken.")
    else:
        _single(draft, item, body, interactions[0])
        keys.reconcile(draft, item, interactions)


def _refuse_templates(draft: Draft, item: Element) -> None:
    for name in ("templateDeclaration", "templateProcessing"):
        if child(item, name) is not None:
            draft.refuse("type", f"The item has a {name}: items that compute something can not be taken.")
            return
    shown = descendants(item, "templateInline", "templateBlock")
    if shown:
        draft.refuse("type", f"The item has a {local(shown[0])}: items that compute something can not be taken.")


def _note_what_is_lost(draft: Draft, item: Element) -> None:
    if descendants(item, "feedbackBlock"):
        draft.note("Feedback inside the text is not kept.")
    if descendants(item, "endAttemptInteraction"):
        draft.note("Hints that are asked for by a button are not kept.")
    for name, words in _LOSSES.items():
        if child(item, name) is not None:
            draft.note(words)
    if item.get("adaptive") == "true":
        draft.note("The item goes on after an answer (it is adaptive); its first question alone is kept.")
    if any((decimal_of(each.get("defaultValue", "0")) or 0) < 0 for each in descendants(item, "mapping")):
        draft.note("Negative marks for other answers are not kept; an exam's policy sets them.")
    for block in descendants(item, "rubricBlock"):
        views = set(block.get("view", "candidate").split())
        text = html_of(draft, block)
        if text and not views & {"candidate", "scorer"}:
            draft.note(f"A text for {' and '.join(sorted(views))} is not kept.")


def _single(draft: Draft, item: Element, body: Element, interaction: Element) -> None:
    prompt = child(interaction, "prompt")
    asked = html_of(draft, prompt) if prompt is not None else ""
    told = told_before(draft, item, body)
    draft.question["stem"] = clean(" ".join([*told, html_of(draft, body), asked]))
    filler = _FILLERS.get(local(interaction))
    if local(interaction) in INLINE:
        draft.question |= gap(draft, "correct", item, interaction)
    elif filler:
        filler(draft, interaction, declaration_of(item, interaction))
        _set_rubric(draft, item)
    else:
        draft.refuse("type", f"Questions with {_called(interaction)} can not be taken.")


def _called(interaction: Element) -> str:
    """Name an interaction, of a tool's own also which one it is."""
    kinds = [each.get("customInteractionTypeIdentifier", "") for each in interaction]
    own = next((f" ({kind[:60]})" for kind in kinds if kind), "")
    name = local(interaction)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}{own}"


def _set_rubric(draft: Draft, item: Element) -> None:
    """Make what scorers are told the rubric of a question that a person marks; of another it is left out, and said."""
    told = rubrics(draft, item, "scorer")
    if told and draft.question.get("type") in {"theory", "practical"}:
        points = draft.question.get("marks", "1")
        draft.question["rubric"] = {"criteria": [{"id": "a", "text": "<br>".join(told), "points": points}]}
    elif told:
        draft.note("A text for scorers is not kept.")


def _set_marks(draft: Draft, item: Element) -> None:
    for outcome in children(item, "outcomeDeclaration"):
        if outcome.get("identifier") in {"MAXSCORE", "SCORE"}:
            marks = decimal_of(
                outcome.get("normalMaximum", "")
                or (text_of(outcome) if outcome.get("identifier") == "MAXSCORE" else "")
            )
            if marks:
                draft.question["marks"] = plain_number(marks)


def _set_explanation(draft: Draft, item: Element) -> None:
    feedback = [html_of(draft, each) for each in children(item, "modalFeedback")]
    if any(feedback):
        draft.question["explanation"] = next(text for text in feedback if text)
        if len(feedback) > 1:
            draft.note("Of several explanations the first is kept.")


def _essay(draft: Draft, _interaction: Element, _declaration: Element | None) -> None:
    draft.question["type"] = "theory"


def _upload(draft: Draft, interaction: Element, _declaration: Element | None) -> None:
    family, _, kind = interaction.get("type", "application/pdf").partition("/")
    draft.question |= {
        "type": "practical",
        "fileKinds": file_kinds([kind if family in {"application", "text"} else family]),
        "maxFiles": "1",
    }


_FILLERS: dict[str, Callable[[Draft, Element, Element | None], None]] = {
    "choiceInteraction": choice, "orderInteraction": order, "matchInteraction": match,
    "gapMatchInteraction": gap_match,
    "extendedTextInteraction": _essay, "uploadInteraction": _upload,
}  # fmt: skip
