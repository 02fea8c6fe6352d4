"""Formulas as SVG from LaTeX, by ziamath; for documents that show questions."""


class UnreadableFormula(ValueError):
    """A text that is no formula."""


def drawn(latex: str, *, size: float = 11) -> str:
    """Return a formula as SVG whose outlines need no font; raises UnreadableFormula."""
    from ziamath.zmath import Latex

    try:
        return str(Latex(latex, size=size).svg())
    except Exception as error:  # the library names no error of its own
        raise UnreadableFormula(latex) from error
