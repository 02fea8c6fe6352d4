"""Builds what is generated of the clients from docs/openapi.json.

python -m tools.build_clients          writes it
python -m tools.build_clients --check  fails when a file is stale
"""

import json
import sys
from pathlib import Path
from types import ModuleType

from tools import typescript_client

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs/openapi.json"
CLIENTS: tuple[ModuleType, ...] = (typescript_client,)
"""Each has `generated(document)`, which returns what each of its files holds."""


def generated() -> dict[Path, str]:
    """Return what each generated file of the clients holds."""
    document = json.loads(DOCUMENT.read_text())
    return {path: text for client in CLIENTS for path, text in client.generated(document).items()}


def stale() -> list[str]:
    """Return the files that are not as the document wants them."""
    return [
        str(path.relative_to(ROOT))
        for path, text in generated().items()
        if not path.exists() or path.read_text() != text
    ]


def main() -> int:
    """Write the files, or compare them."""
    if "--check" in sys.argv:
        found = stale()
        print("\n".join(f"stale: {each} (python -m tools.build_clients)" for each in found))
        return 1 if found else 0
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
