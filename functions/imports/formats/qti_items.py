"""One assessment item of QTI 2.x as a question.

Its interaction says the type, its response declaration what is right.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from functions.imports.formats import qti_keys
from functions.imports.formats.cloze import MOST_GAPS
from functions.imports.syntax import pictures
from functions.imports.syntax.drafts import (
    LETTERS,
    NO_ANSWER,
    NO_CHOICE,
    SEVERAL_RIGHT,
    Draft,
    clean,
    credit_of,
    decimal_of,
    file_kinds,
    plain_number,
)
from functions.imports.syntax.mathml import Unknown, latex
from functions.imports.syntax.safe_xml import child, children, descendants, inner, local, text_of

_INLINE = {"textEntryInteraction", "inlineChoiceInteraction"}
_NOT_ASKING = {"endAttemptInteraction", "portableCustomInteraction"}
"""Elements that are called so and ask for nothing themselves: a button, and the inside of a tool's own interaction."""
_NUMBERS = {"float", "integer"}
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
        draft.question["stem"] = _html(draft, body)
        draft.refuse("type", "The item asks for nothing.")
    elif names <= _INLINE and (len(interactions) > 1 or not _is_alone(body, interactions[0])):
        _cloze(draft, item, body)
        qti_keys.reconcile(draft, item, interactions)
    elif len(interactions) > 1:
        draft.question["stem"] = _html(draft, body)
        draft.refuse("type", f"An item with {len(interactions)} interactions can not be taken.")
    else:
        _single(draft, item, body, interactions[0])
        qti_keys.reconcile(draft, item, interactions)


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
        text = _html(draft, block)
        if text and not views & {"candidate", "scorer"}:
            draft.note(f"A text for {' and '.join(sorted(views))} is not kept.")


def _template(item: Element) -> str:
    processing = child(item, "responseProcessing")
    address = processing.get("template", "") if processing is not None else ""
    return address.rpartition("/")[2]


def _rubrics(draft: Draft, item: Element, view: str) -> list[str]:
    found = [_html(draft, each) for each in descendants(item, "rubricBlock") if view in each.get("view", view).split()]
    return [text for text in found if text]


def _single(draft: Draft, item: Element, body: Element, interaction: Element) -> None:
    prompt = child(interaction, "prompt")
    asked = _html(draft, prompt) if prompt is not None else ""
    told = _rubrics(draft, body, "candidate")
    draft.question["stem"] = clean(" ".join([*told, _html(draft, body), asked]))
    filler = _FILLERS.get(local(interaction))
    if local(interaction) in _INLINE:
        draft.question |= _gap(draft, "correct", item, interaction)
    elif filler:
        filler(draft, interaction, _declaration(item, interaction))
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
    told = _rubrics(draft, item, "scorer")
    if told and draft.question.get("type") in {"theory", "practical"}:
        points = draft.question.get("marks", "1")
        draft.question["rubric"] = {"criteria": [{"id": "a", "text": "<br>".join(told), "points": points}]}
    elif told:
        draft.note("A text for scorers is not kept.")


def _is_alone(body: Element, interaction: Element) -> bool:
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


def _html(draft: Draft, element: Element) -> str:
    return clean(inner(element, partial(_replace, draft)))


def _replace(draft: Draft, element: Element) -> str | None:
    name = local(element)
    if name.endswith("Interaction") or name in {"rubricBlock", "feedbackInline", "feedbackBlock", "prompt"}:
        return ""
    if element.get("data-role") == "tooltip-content":
        draft.note("Texts of tooltips stand in parentheses.")
        return f" ({escape(' '.join(''.join(element.itertext()).split()), quote=False)})"
    if name == "img" or (name == "object" and element.get("type", "").startswith("image/")):
        known = {"alt": element.get("alt", "") or text_of(element), **_sizes(element)}
        return pictures.from_source(draft, element.get("src") or element.get("data") or "", known)
    if name in {"object", "audio", "video"}:
        draft.note("Media inside the question are not taken over; their descriptions stand in their place.")
        return f"[{escape(element.get('alt', '') or text_of(element) or name)}]"
    if name == "math":
        return _formula(draft, element)
    if name == "printedVariable":
        draft.refuse("stem", "The item prints a variable, and items that compute something can not be taken.")
        return ""
    return None


def _sizes(element: Element) -> dict[str, str]:
    return {name: element.get(name, "") for name in ("width", "height")}


def _formula(draft: Draft, element: Element) -> str:
    try:
        return escape(latex(element), quote=False)
    except Unknown as error:
        draft.note(f"A formula in MathML has {error}, which LaTeX has no word for here; it is kept as its plain text.")
        return escape(" ".join(" ".join(element.itertext()).split()), quote=False)


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
    feedback = [_html(draft, each) for each in children(item, "modalFeedback")]
    if any(feedback):
        draft.question["explanation"] = next(text for text in feedback if text)
        if len(feedback) > 1:
            draft.note("Of several explanations the first is kept.")


def _declaration(item: Element, interaction: Element) -> Element | None:
    name = interaction.get("responseIdentifier")
    return next((each for each in children(item, "responseDeclaration") if each.get("identifier") == name), None)


def _correct(declaration: Element | None) -> list[str]:
    right = child(declaration, "correctResponse") if declaration is not None else None
    return [text_of(value) for value in children(right, "value")] if right is not None else []


def _mapped(declaration: Element | None) -> dict[str, Decimal]:
    mapping = child(declaration, "mapping") if declaration is not None else None
    entries = children(mapping, "mapEntry") if mapping is not None else []
    return {entry.get("mapKey", ""): decimal_of(entry.get("mappedValue", "0")) or Decimal(0) for entry in entries}


def _choices(draft: Draft, interaction: Element, kind: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the letter of each identifier, and the choices in their order with feedback where they have any."""
    letters, made = {}, []
    is_shuffled = interaction.get("shuffle") != "false"
    for letter, choice in zip(LETTERS, children(interaction, kind), strict=False):
        letters[choice.get("identifier", "")] = letter
        feedback = " ".join(_html(draft, each) for each in children(choice, "feedbackInline"))
        option: dict[str, Any] = {"id": letter, "text": _html(draft, choice)}
        option |= {"feedback": feedback} if feedback else {}
        option |= {"pinned": True} if choice.get("fixed") == "true" or not is_shuffled else {}
        made.append(option)
    if len(children(interaction, kind)) > len(LETTERS):
        draft.refuse("options", f"A question may have {len(LETTERS)} options at most.")
    return letters, made


def _right_letters(draft: Draft, field: str, letters: dict[str, str], declaration: Element | None) -> list[str]:
    right = _correct(declaration) or [name for name, value in _mapped(declaration).items() if value > 0]
    if not right or not set(right) <= letters.keys():
        draft.refuse(field, NO_CHOICE)
    mapped = {value for name, value in _mapped(declaration).items() if name in right}
    if len(mapped) > 1 or any(value < 0 for value in _mapped(declaration).values()):
        draft.note("Different weights and negative marks of choices are not kept; each right one counts the same.")
    return [letters[name] for name in right if name in letters]


def _choice(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    letters, made = _choices(draft, interaction, "simpleChoice")
    right = _right_letters(draft, "correctOptionIds", letters, declaration)
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


def _order(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    letters, made = _choices(draft, interaction, "simpleChoice")
    right = _right_letters(draft, "correctOrder", letters, declaration)
    if any(choice.get("fixed") == "true" for choice in children(interaction, "simpleChoice")):
        draft.note("That items of an order keep their places is not kept.")
    draft.question |= {
        "type": "ordering",
        "items": [{"id": each["id"], "text": each["text"]} for each in made],
        "correctOrder": right,
    }


def _match(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    sets = children(interaction, "simpleMatchSet")
    if len(sets) != 2:
        draft.refuse("pairs", "The item does not hold two sets to match.")
        return
    prompts, choices = (
        {each.get("identifier", ""): _html(draft, each) for each in children(half, "simpleAssociableChoice")}
        for half in sets
    )
    pairs: dict[str, str] = {}
    for value in _correct(declaration):
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


def _gap(draft: Draft, field: str, item: Element, interaction: Element) -> dict[str, Any]:
    declaration = _declaration(item, interaction)
    if local(interaction) == "inlineChoiceInteraction":
        letters, made = _choices(draft, interaction, "inlineChoice")
        chosen = _right_letters(draft, field, letters, declaration)
        if len(chosen) > 1:
            draft.refuse(field, SEVERAL_RIGHT)
        return {"type": "single", "options": made, "correctOptionIds": chosen[:1]}
    right, mapped = _correct(declaration), _mapped(declaration)
    if right and _template(item).startswith("match_correct"):
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


def _cloze(draft: Draft, item: Element, body: Element) -> None:
    gaps: dict[str, Any] = {}

    def replace(element: Element) -> str | None:
        if local(element) not in _INLINE:
            return _replace(draft, element)
        name = str(len(gaps) + 1)
        gaps[name] = _gap(draft, f"gaps.{name}", item, element)
        return f"{{{{{name}}}}}"

    told = _rubrics(draft, body, "candidate")
    draft.question |= {"type": "cloze", "stem": clean(" ".join([*told, inner(body, replace)])), "gaps": gaps}


def _gap_match(draft: Draft, interaction: Element, declaration: Element | None) -> None:
    """Take texts that are dragged into gaps as gaps with choices: each offers all of them."""
    letters, made = _choices(draft, interaction, "gapText")
    if children(interaction, "gapImg"):
        draft.refuse("gaps", "Pictures that are dragged into gaps can not be taken.")
    if any(choice.get("matchMax", "1") == "1" for choice in children(interaction, "gapText")):
        draft.note("Each gap offers every choice; that a choice is used up by another gap is not kept.")
    pairs = [value.partition(" ") for value in _correct(declaration)]
    right = {gap: letters[choice] for choice, _, gap in pairs if choice in letters}
    gaps: dict[str, Any] = {}

    def replace(element: Element) -> str | None:
        if local(element) == "gapText":
            return ""
        if local(element) != "gap":
            return _replace(draft, element)
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
    "choiceInteraction": _choice, "orderInteraction": _order, "matchInteraction": _match,
    "gapMatchInteraction": _gap_match,
    "extendedTextInteraction": _essay, "uploadInteraction": _upload,
}  # fmt: skip
