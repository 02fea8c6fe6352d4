"""Tables that people open in a spreadsheet: written so that no cell is taken for a formula, read back as they were.

A cell that begins like a formula, after spaces too, gets an apostrophe in front (OWASP, CSV Injection). Plain numbers
stay as they are.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"'* *[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?")


def neutral(cell: str) -> str:
    """Return a cell's text so that no spreadsheet computes it."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def restored(cell: str) -> str:
    """Return the text that `neutral` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def write_csv(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV (RFC 4180), every cell neutral."""
    out = io.StringIO()
    csv.writer(out).writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue()
