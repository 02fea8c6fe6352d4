"""Makes the examples of the API document from what tests sent and got: `python -m tools.examples FOLDER`.

Ids, and what is secret or signed, are replaced, so that the file changes only where an example does.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs/examples.json"
_ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")
_FIRST_ID = "01J8Z3N6Q4"
_SECRET = re.compile(
    r"(?i)(token|password|secret|signature|recoverycodes?|backupcodes?|ticket|cursor|accesscode|publickey|privatekey)$"
)
_SIGNED = re.compile(r"\?[^\s\"]*(?:Signature|token|X-Amz)[^\s\"]*")
_SAMPLE = "sample"
_LONG = 240


def load() -> dict[str, dict[str, Any]]:
    """Return the examples by operationId, as `request` and `answer`."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() else {}
    return found


def steady(value: Any, ids: dict[str, str], name: str = "") -> Any:
    """Return a value with steady ids, without secrets, and with long texts cut short."""
    if isinstance(value, Mapping):
        return {key: steady(inner, ids, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [steady(inner, ids, name) for inner in value]
    if not isinstance(value, str):
        return 12.5 if name == "responseTime" else value
    if name == "requestId":
        return _id(value, ids)
    if _SECRET.search(name):
        return f"<{name}>" if "assword" in name else _SAMPLE
    text = _SIGNED.sub("?signature=...", _ULID.sub(lambda found: _id(found[0], ids), value))
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."


def _id(value: str, ids: dict[str, str]) -> str:
    return ids.setdefault(value, f"{_FIRST_ID}{len(ids) + 1:016d}")


def merge(parts: list[dict[str, dict[str, Any]]], worth: Any) -> dict[str, dict[str, Any]]:
    """Return of each operation the best example of all parts, made steady."""
    best: dict[str, dict[str, Any]] = {}
    for part in parts:
        for name, pair in part.items():
            if name not in best or worth(pair) > worth(best[name]):
                best[name] = pair
    return {name: steady(best[name], {}) for name in sorted(best)}


def main(folder: Path) -> None:
    """Write the examples of a run; an operation that the run did not meet keeps the one it has."""
    from tests.api.recording import worth

    parts = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    made = {**load(), **merge(parts, worth)}
    EXAMPLES.write_text(json.dumps(dict(sorted(made.items())), indent=1, ensure_ascii=False) + "\n")
    print(f"· {len(made)} examples in {EXAMPLES.relative_to(ROOT)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
