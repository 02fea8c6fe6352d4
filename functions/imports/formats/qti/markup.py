"""Texts of an item as rich text: what stands in the place of pictures, media, formulas and interactions."""

from functools import partial
from html import escape
from xml.etree.ElementTree import Element

from functions.imports.syntax import pictures
from functions.imports.syntax.drafts import Draft, clean
from functions.imports.syntax.mathml import Unknown, latex
from functions.imports.syntax.safe_xml import descendants, inner, local, text_of


def rubrics(draft: Draft, item: Element, view: str) -> list[str]:
    """Write the rubric blocks for a reader (`candidate`, `scorer`)."""
    found = [
        html_of(draft, each) for each in descendants(item, "rubricBlock") if view in each.get("view", view).split()
    ]
    return [text for text in found if text]


def html_of(draft: Draft, element: Element) -> str:
    """Write what is in an element as rich text: without its interactions, with formulas as LaTeX."""
    return clean(inner(element, partial(replaced, draft)))


def replaced(draft: Draft, element: Element) -> str | None:
    """Write what stands in the place of an element that a question has no such thing for; None for others."""
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
