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
    "\\": r"\backslash ", "$": r"\$", "~": r"\sim ", "^": r"\wedge ",
}  # fmt: skip
_FUNCTIONS = frozenset({
    "sin", "cos", "tan", "cot", "log", "ln", "exp", "lim", "max", "min", "det", "gcd", "sinh", "cosh", "tanh",
    "arcsin", "arccos", "arctan", "sec", "csc",
})  # fmt: skip
_ACCENTS = {"¯": r"\overline", "‾": r"\overline", "→": r"\vec", "⃗": r"\vec", "^": r"\hat", "˙": r"\dot", "~": r"\tilde"}
_WORDS = frozenset({"mi", "mn", "mo", "mtext", "ms", "mspace"})
_GROUPS = frozenset({"math", "mrow", "mstyle", "mpadded", "semantics", "merror"})
_VARIANTS = {
    "bold": r"\mathbf", "bold-italic": r"\mathbf", "double-struck": r"\mathbb", "script": r"\mathcal",
    "fraktur": r"\mathfrak", "sans-serif": r"\mathsf", "monospace": r"\mathtt", "normal": r"\mathrm",
}  # fmt: skip
_ENCLOSURES = {"radical": r"\sqrt", "box": r"\boxed", "updiagonalstrike": r"\cancel", "top": r"\overline",
               "bottom": r"\underline", "": ""}  # fmt: skip
_NOTHING = frozenset({"none", "mprescripts"})
_BINOMIAL = r"{{{0} \atop {1}}}"
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
        shape = _BINOMIAL if name == "mfrac" and _is_zero(element.get("linethickness", "")) else _SHAPES[name][1]
        return shape.format(*(_of(each) for each in element))
    return _word(element, name) if name in _WORDS else _block(element, name)


def _word(element: Element, name: str) -> str:
    text = "".join(element.itertext()).strip()
    match name:
        case "mi" | "mn" | "mo":
            return f"\\{text} " if text in _FUNCTIONS and name != "mn" else _varied(element, _escaped(text))
        case "mspace":
            return r"\ "
    return rf"\text{{{_escaped(text)}}}"


def _varied(element: Element, text: str) -> str:
    """Write letters as they are drawn, where that tells them apart: a bold v is a vector."""
    variant = element.get("mathvariant", "")
    if variant in {"", "italic"} or (variant == "normal" and len(text) != 1):
        return text
    if variant not in _VARIANTS:
        raise Unknown(f"letters that are {variant}")
    return f"{_VARIANTS[variant]}{{{text}}}"


def _is_zero(thickness: str) -> bool:
    return thickness[:1] == "0" and not thickness.strip("0.abcdefghijklmnopqrstuvwxyz%")


def _scripts(element: Element) -> str:
    """Write what stands around a base: its scripts behind it in pairs, and before it those behind `mprescripts`."""
    parts = list(element)
    names = [local(each) for each in parts]
    if not parts or len(names) - len(set(names) & {"mprescripts"}) < 1:
        raise Unknown("mmultiscripts")
    bend = names.index("mprescripts") if "mprescripts" in names else len(parts)
    behind, before = parts[1:bend], parts[bend + 1 :]
    if len(behind) % 2 or len(before) % 2:
        raise Unknown("mmultiscripts")
    return f"{_pairs(before, '{}')}{_pairs(behind, f'{{{_of(parts[0])}}}')}"


def _pairs(parts: list[Element], base: str) -> str:
    written = [(low, high) for low, high in zip(parts[::2], parts[1::2], strict=True)]
    marks = "{}".join(f"{_script('_', low)}{_script('^', high)}" for low, high in written)
    return f"{base}{marks}" if marks or base != "{}" else ""


def _script(mark: str, element: Element) -> str:
    text = "" if local(element) in _NOTHING else _of(element)
    return f"{mark}{{{text}}}" if text else ""


def _block(element: Element, name: str) -> str:
    match name:
        case "mmultiscripts":
            return _scripts(element)
        case "menclose" if element.get("notation", "longdiv").strip() in _ENCLOSURES:
            return f"{_ENCLOSURES[element.get('notation', '').strip()]}{{{_children(element)}}}"
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
