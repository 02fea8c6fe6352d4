# ruff: noqa: RUF001 - signs that look alike are what is translated here
r"""MathML as LaTeX: the presentation elements that editors write (MathML 3, chapter 3); others are told by name."""

from xml.etree.ElementTree import Element

from functions.imports.syntax.safe_xml import local

_SYMBOLS = {
    "×": r"\times ", "÷": r"\div ", "·": r"\cdot ", "±": r"\pm ", "∓": r"\mp ", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "≈": r"\approx ", "→": r"\to ", "⇒": r"\Rightarrow ", "⇔": r"\Leftrightarrow ", "∞": r"\infty ",
    "∈": r"\in ", "∉": r"\notin ", "∪": r"\cup ", "∩": r"\cap ", "⊂": r"\subset ", "⊆": r"\subseteq ", "∑": r"\sum ",
    "∏": r"\prod ", "∫": r"\int ", "√": r"\surd ", "∂": r"\partial ", "∇": r"\nabla ", "°": r"^\circ ", "−": "-",
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "δ": r"\delta ", "ε": r"\epsilon ", "θ": r"\theta ",
    "λ": r"\lambda ", "μ": r"\mu ", "π": r"\pi ", "ρ": r"\rho ", "σ": r"\sigma ", "τ": r"\tau ", "φ": r"\phi ",
    "ω": r"\omega ", "Δ": r"\Delta ", "Σ": r"\Sigma ", "Ω": r"\Omega ", "Φ": r"\Phi ", "{": r"\{", "}": r"\}",
    "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "\u2061": "", "\u2062": "", "\u2063": "",
}  # fmt: skip
_FUNCTIONS = frozenset({"sin", "cos", "tan", "cot", "log", "ln", "exp", "lim", "max", "min", "det", "gcd"})
_ACCENTS = {"¯": r"\overline", "‾": r"\overline", "→": r"\vec", "^": r"\hat", "˙": r"\dot", "~": r"\tilde"}
_WORDS = frozenset({"mi", "mn", "mo", "mtext", "ms", "mspace"})
_GROUPS = frozenset({"math", "mrow", "mstyle", "mpadded", "semantics", "menclose", "merror"})
_NEW_ROW = " \\\\ "
_LIMITS = frozenset({"∑", "∏", "∫", "lim", "max", "min"})
_SHAPES = {
    "mfrac": (2, r"\frac{{{0}}}{{{1}}}"), "msup": (2, "{{{0}}}^{{{1}}}"), "msub": (2, "{{{0}}}_{{{1}}}"),
    "msubsup": (3, "{{{0}}}_{{{1}}}^{{{2}}}"), "mroot": (2, r"\sqrt[{1}]{{{0}}}"),
}  # fmt: skip


class Unknown(Exception):
    """There is an element that has no counterpart; the message names it."""


def latex(element: Element) -> str:
    r"""Write a formula as LaTeX between `\(` and `\)`; raises Unknown for what can not be written."""
    return rf"\({' '.join(_of(element).split())}\)"


def _of(element: Element) -> str:
    name = local(element)
    if name in _GROUPS:
        return "".join(_of(each) for each in element if local(each) not in {"annotation", "annotation-xml"})
    if name in _SHAPES and len(element) == _SHAPES[name][0]:
        return _SHAPES[name][1].format(*(_of(each) for each in element))
    return _word(element, name) if name in _WORDS else _block(element, name)


def _word(element: Element, name: str) -> str:
    text = "".join(element.itertext()).strip()
    match name:
        case "mi":
            return f"\\{text} " if text in _FUNCTIONS else _escaped(text)
        case "mn" | "mo":
            return _escaped(text)
        case "mspace":
            return r"\ "
    return rf"\text{{{_escaped(text)}}}"


def _block(element: Element, name: str) -> str:
    match name:
        case "msqrt":
            return rf"\sqrt{{{''.join(_of(each) for each in element)}}}"
        case "mfenced":
            inner = (element.get("separators", ",") or ",")[0].join(_of(each) for each in element)
            return rf"\left{_fence(element, 'open', '(')}{inner}\right{_fence(element, 'close', ')')}"
        case "mover" | "munder" | "munderover":
            return _stacked(name, list(element))
        case "mtable":
            rows = [" & ".join(_children(cell) for cell in row) for row in element]
            return rf"\begin{{matrix}}{_NEW_ROW.join(rows)}\end{{matrix}}"
    raise Unknown(name or "a comment")


def _children(element: Element) -> str:
    return "".join(_of(each) for each in element)


def _fence(element: Element, name: str, default: str) -> str:
    mark = element.get(name, default)
    return {"{": r"\{", "}": r"\}", "": "."}.get(mark, mark)


def _stacked(name: str, parts: list[Element]) -> str:
    if len(parts) != (3 if name == "munderover" else 2):
        raise Unknown(name)
    base, mark = "".join(parts[0].itertext()).strip(), "".join(parts[1].itertext()).strip()
    written = [_of(part) for part in parts]
    if name == "munderover":
        return f"{written[0]}_{{{written[1]}}}^{{{written[2]}}}"
    if name == "mover":
        return f"{_ACCENTS[mark]}{{{written[0]}}}" if mark in _ACCENTS else rf"\overset{{{written[1]}}}{{{written[0]}}}"
    return f"{written[0]}_{{{written[1]}}}" if base in _LIMITS else rf"\underset{{{written[1]}}}{{{written[0]}}}"


def _escaped(text: str) -> str:
    return "".join(_SYMBOLS.get(character, character) for character in text).replace("<", r"\lt ").replace(">", r"\gt ")
