"""Texts of an item as rich text: what stands in the place of pictures, media, formulas and interactions."""

import io
from functools import partial
from html import escape
from posixpath import dirname, join
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from lyceum.kit.values.markup import ELEMENTS

from functions.imports.formats.qti.words import STIMULI, as_version_2
from functions.imports.syntax import pictures
from functions.imports.syntax.drafts import Draft, clean
from functions.imports.syntax.limits import Unreadable
from functions.imports.syntax.mathml import Unknown, latex
from functions.imports.syntax.safe_xml import child, children, descendants, elements, inner, local, text_of


def rubrics(draft: Draft, item: Element, view: str) -> list[str]:
    """Write the rubric blocks for a reader (`candidate`, `scorer`)."""
    found = [
        html_of(draft, each) for each in descendants(item, "rubricBlock") if view in each.get("view", view).split()
    ]
    return [text for text in found if text]


def told_before(draft: Draft, item: Element, body: Element) -> list[str]:
    """Write what candidates read before the question: texts that items share, and the rubric blocks for them."""
    shared = [_stimulus(draft, each.get("href", "")) for each in children(item, "assessmentStimulusRef")]
    return [text for text in shared if text] + rubrics(draft, body, "candidate")


def _stimulus(draft: Draft, place: str) -> str:
    """Read a text that items share, whose own pictures are named from its place in the package."""
    files = draft.files
    body = files(unquote(place)) if files and place else None
    if files is None or body is None:
        draft.note(f"The item's text that others share is not in the file ({place[:100]!r}).")
        return ""
    draft.files = lambda source: files(join(dirname(unquote(place)), source))
    try:
        found = next(elements(io.BytesIO(body), set(STIMULI)), None)
        inside = child(as_version_2(found), "stimulusBody") if found is not None else None
        return html_of(draft, inside) if inside is not None else ""
    except Unreadable as error:
        draft.note(f"The item's text that others share can not be read: {error}")
        return ""
    finally:
        draft.files = files


def html_of(draft: Draft, element: Element) -> str:
    """Write what is in an element as rich text: without its interactions, with formulas as LaTeX."""
    return clean(inner(element, partial(replaced, draft)))


def replaced(draft: Draft, element: Element) -> str | None:
    """Write what stands in the place of an element that a question has no such thing for; None for others.

    Elements that only wrap others (`contentBody`) leave what is in them.
    """
    name = local(element)
    if name.endswith("Interaction") or name in {"rubricBlock", "feedbackInline", "feedbackBlock", "prompt"}:
        return ""
    if element.get("data-role") == "tooltip-content":
        draft.note("Texts of tooltips stand in parentheses.")
        return f" ({escape(' '.join(''.join(element.itertext()).split()), quote=False)})"
    if name == "img" or _is_picture(element):
        known = {"alt": element.get("alt", "") or " ".join(" ".join(element.itertext()).split()), **_sizes(element)}
        forms = [element, *filter(_is_picture, descendants(element, "object"))]
        sources = [each.get("src") or each.get("data") or "" for each in forms]
        taken = next((each for each in sources if pictures.can_be_taken(draft, each)), sources[0])
        return pictures.from_source(draft, taken, known)
    if name in {"object", "audio", "video"}:
        draft.note("Media inside the question are not taken over; their descriptions stand in their place.")
        return f"[{escape(element.get('alt', '') or text_of(element) or name)}]"
    if name == "math":
        return _formula(draft, element)
    if name == "printedVariable":
        draft.refuse("stem", "The item prints a variable, and items that compute something can not be taken.")
        return ""
    return None if name in ELEMENTS or name == "svg" else html_of(draft, element)


def _is_picture(element: Element) -> bool:
    return local(element) == "object" and element.get("type", "").startswith("image/")


def _sizes(element: Element) -> dict[str, str]:
    return {name: element.get(name, "") for name in ("width", "height")}


def _formula(draft: Draft, element: Element) -> str:
    try:
        return escape(latex(element), quote=False)
    except Unknown as error:
        draft.note(f"A formula in MathML has {error}, which LaTeX has no word for here; it is kept as its plain text.")
        return escape(" ".join(" ".join(element.itertext()).split()), quote=False)
