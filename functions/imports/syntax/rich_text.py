"""Rich text of a file as a question can keep it: mathematics as LaTeX, and a note for whatever is left out."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

from functions.imports.syntax import pictures
from functions.imports.syntax.drafts import Draft
from functions.imports.syntax.limits import Unreadable
from functions.imports.syntax.mathml import Unknown, latex
from functions.imports.syntax.safe_xml import elements

_MATH = re.compile(r"<(?:\w{1,10}:)?math\b.{0,20000}?</(?:\w{1,10}:)?math\s*>", re.DOTALL | re.IGNORECASE)
_NAME = re.compile(r"</?[A-Za-z]{1,20}\b")
_PREFIX = re.compile(r"(</?)\w{1,10}:")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)\w{2,30};")
_MEDIA = re.compile(r"<(audio|video|iframe|object|embed|svg|canvas)\b", re.IGNORECASE)
_LOOKS = re.compile(r"\s(?:style|class|color|bgcolor|align)\s*=|<(?:font|center|big)\b", re.IGNORECASE)
_MEANING_BY_LOOKS = re.compile(r"(?:color|text-decoration|background)[^;\"']{0,40}:|<font\b", re.IGNORECASE)
_PARTS = ("options", "prompts", "choices", "items")
_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_RAISED = re.compile(r"<(sup|sub)\b[^<>]{0,200}>([^<>]{0,200})</\1\s*>", re.IGNORECASE)


def keep(draft: Draft) -> Draft:
    """Bring every rich text of a draft into the form that a question keeps, and note what that leaves out."""
    question = draft.question

    def kept(text: Any) -> Any:
        return _kept(draft, text) if isinstance(text, str) and ("<" in text or "data:image/" in text) else text

    for name in ("stem", "explanation"):
        if name in question:
            question[name] = kept(question[name])
    if "hints" in question:
        question["hints"] = [kept(hint) for hint in question["hints"]]
    _keep_parts(question, kept)
    for gap in question.get("gaps", {}).values():
        _keep_parts(gap, kept)
    for criterion in question.get("rubric", {}).get("criteria", []):
        criterion["text"] = kept(criterion["text"])
    return draft


def _keep_parts(question: dict[str, Any], kept: Callable[[Any], Any]) -> None:
    for name in _PARTS:
        for part in question.get(name, []):
            part.update({field: kept(part[field]) for field in ("text", "feedback") if field in part})


def _kept(draft: Draft, text: str) -> str:
    text = _MATH.sub(lambda found: _formula(draft, found.group()), text)
    for media in dict.fromkeys(found.lower() for found in _MEDIA.findall(text)):
        draft.note(f"A {media} inside the question is not taken over.")
    text = pictures.IMAGE.sub(lambda found: pictures.written(draft, found.group()), text)
    text = pictures.from_words(draft, text) if "data:image/" in text else text
    if _LOOKS.search(text) and _MEANING_BY_LOOKS.search(text):
        draft.note("Colours and other looks of the text are not kept.")
    return text


def _formula(draft: Draft, markup: str) -> str:
    source = _ENTITY.sub(lambda entity: unescape(entity.group()), _PREFIX.sub(r"\1", markup))
    source = _NAME.sub(lambda name: name.group().lower(), source)
    try:
        for element in elements(io.BytesIO(source.encode()), {"math"}):
            return latex(element) if "".join(element.itertext()).strip() else ""
    except Unreadable:
        draft.note("A formula in MathML can not be read and is kept as its plain text.")
    except Unknown as error:
        draft.note(f"A formula in MathML has {error}, which LaTeX has no word for here; it is kept as its plain text.")
    return re.sub(r"<[^<>]{0,1000}>", " ", markup)


def typed(draft: Draft, text: str) -> str:
    """Write an answer that people type: with raised and lowered characters, and formulas as LaTeX with a note."""

    def formula(found: re.Match[str]) -> str:
        draft.note("A formula in an answer that is typed stands there as LaTeX, which nobody may type.")
        return _formula(draft, found.group()).removeprefix("\\(").removesuffix("\\)")

    return raised(_MATH.sub(formula, text))


def raised(text: str) -> str:
    """Write superscripts and subscripts with characters of their own where a text has no markup: `10²`, `H₂O`.

    What has no such character is written `x^{a}` or `x_{a}`.
    """

    def replace(found: re.Match[str]) -> str:
        name, inside = found.group(1).lower(), found.group(2)
        table = _SUPERSCRIPT if name == "sup" else _SUBSCRIPT
        if inside and all(ord(character) in table for character in inside):
            return inside.translate(table)
        return f"{'^' if name == 'sup' else '_'}{{{inside}}}" if inside else ""

    return _RAISED.sub(replace, text)
