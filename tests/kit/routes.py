"""Every HTTP module of the product, found by the `api` that it declares."""

import re
from pathlib import Path

FUNCTIONS = Path(__file__).parents[2] / "functions"

HTTP_MODULES = sorted(
    ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts) for path in FUNCTIONS.glob("*/*.py") if re.search(r"^api = Api\(", path.read_text(), re.MULTILINE)
)
