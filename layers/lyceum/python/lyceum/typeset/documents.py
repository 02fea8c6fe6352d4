"""Documents from templates, by typst.

A template is a file of `templates`. It gets its data as one JSON text by `sys.inputs`, which stays text: nothing of it
is read as markup, so nobody's name or title can be a program. It can read no file but those of the templates' folder,
and no font but ours; nothing is fetched.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent
TEMPLATES, FONTS = HERE / "templates", HERE / "fonts"
Standard = Literal["a-2b", "a-3b"]
"""PDF/A-2b (ISO 19005-2): whoever opens a document in years sees what it is today. A-3b may carry other files, too."""


class UnknownTemplate(LookupError):
    """There is no such template."""


@cache
def names() -> frozenset[str]:
    """Return the names of all templates."""
    return frozenset(file.stem for file in TEMPLATES.glob("*.typ")) - {"house", "print"}


def pdf(template: str, data: Mapping[str, Any], at: datetime, *, standard: Standard = "a-2b") -> bytes:
    """Return a document as PDF, dated as of a moment; the same data make the same bytes. Raises UnknownTemplate.

    It is PDF/A unless somebody's words hold a letter that our fonts lack, which that standard refuses.
    """
    import typst

    source = _file(template)
    options: dict[str, Any] = {"format": "pdf", "timestamp": at.replace(microsecond=0), **_options(data)}
    try:
        return bytes(typst.compile(source, pdf_standards=standard, **options))
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return bytes(typst.compile(source, **options))


def pages(template: str, data: Mapping[str, Any], *, dots_per_inch: int = 90) -> list[bytes]:
    """Return the pages of a document as PNG; raises UnknownTemplate."""
    import typst

    made = typst.compile(_file(template), format="png", ppi=float(dots_per_inch), **_options(data))
    return list(made) if isinstance(made, list) else [made]


def drawing(template: str, data: Mapping[str, Any]) -> str:
    """Return the one page of a document as SVG; raises UnknownTemplate."""
    import typst

    return bytes(typst.compile(_file(template), format="svg", **_options(data))).decode()


def _file(template: str) -> str:
    if template not in names():
        raise UnknownTemplate(template)
    return str(TEMPLATES / f"{template}.typ")


def _options(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "root": str(TEMPLATES),
        "font_paths": [str(FONTS)],
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data, ensure_ascii=False)},
    }
