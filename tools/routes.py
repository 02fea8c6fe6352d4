"""Finds the HTTP modules of the product: those that declare an `api`."""

import re
from pathlib import Path

FUNCTIONS = Path(__file__).parents[1] / "functions"


def http_modules() -> list[str]:
    """Return the importable name of every module in functions/ with a module-level `api = Api(...)`."""
    declares = re.compile(r"^api = Api\(", re.MULTILINE)
    found = [path for path in FUNCTIONS.rglob("*.py") if declares.search(path.read_text())]
    return sorted(".".join(path.relative_to(FUNCTIONS.parent).with_suffix("").parts) for path in found)
