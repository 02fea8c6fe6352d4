"""Makes the examples of the API document from what tests sent and got: `python -m tools.examples FOLDER`.

Ids, and what is secret or signed, are replaced, so that the file changes only where an example does.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs/examples.json"
_ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")
_FIRST_ID = "01J8Z3N6Q4"
_SECRET = re.compile(
    r"(?i)(token|password|secret|signature|recoverycodes?|backupcodes?|ticket|cursor|accesscode|publickey|privatekey)$"
)
_SIGNED = re.compile(r"\?[^\s\"]*(?:Signature|token|X-Amz)[^\s\"]*")
_SAMPLE = "sample"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
Part = Mapping[str, list[dict[str, Any]]]
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


def operations(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the operations of a document by their ids."""
    paths = document["paths"].values()
    return {each["operationId"]: each for path in paths for name, each in path.items() if name in _METHODS}


def faults(document: Mapping[str, Any], operation: Mapping[str, Any], pair: Mapping[str, Any]) -> list[str]:
    """Return what of an example does not hold to the schemas of its operation."""
    found = []
    if "request" in pair:
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        found += [f"request: {each}" for each in _against(document, media.get("schema", False), pair["request"])]
    answers = [each for code, each in operation["responses"].items() if code.startswith("2") and "content" in each]
    schemas = [
        each["content"]["application/json"]["schema"] for each in answers if "application/json" in each["content"]
    ]
    told = [_against(document, schema, pair["answer"]) for schema in schemas]
    return found + [f"answer: {each}" for each in (told[0] if told and all(told) else [])]


def _against(document: Mapping[str, Any], schema: Any, value: Any) -> list[str]:
    if schema is False:
        return ["nothing is taken here"]
    whole = {**schema, "components": document["components"]}
    return [error.message[:200] for error in jsonschema.Draft202012Validator(whole).iter_errors(value)]


def merge(parts: Iterable[Part], document: Mapping[str, Any], worth: Callable[[Any], Any]) -> dict[str, dict[str, Any]]:
    """Return of each operation the best example of all parts that holds to its schemas, made steady."""
    known = operations(document)
    candidates: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part in parts:
        for name, pairs in part.items():
            candidates[name] += pairs
    best: dict[str, dict[str, Any]] = {}
    for name in sorted(candidates.keys() & known.keys()):
        taken = {"answer"} | ({"request"} if "requestBody" in known[name] else set())
        told = [{part: value for part, value in each.items() if part in taken} for each in candidates[name]]
        ranked = (steady(each, {}) for each in sorted(told, key=worth, reverse=True))
        fits = next((each for each in ranked if not faults(document, known[name], each)), None)
        if fits:
            best[name] = fits
    return best


def main(folder: Path) -> None:
    """Write the examples of a run; an operation that the run did not meet keeps the one it has while that holds."""
    from tests.api.recording import worth
    from tools import build_docs

    document = json.loads(build_docs.openapi())
    known = operations(document)
    kept = {name: pair for name, pair in load().items() if name in known and not faults(document, known[name], pair)}
    parts = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    made = {**kept, **merge(parts, document, worth)}
    EXAMPLES.write_text(json.dumps(dict(sorted(made.items())), indent=1, ensure_ascii=False) + "\n")
    print(f"· {len(made)} examples in {EXAMPLES.relative_to(ROOT)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
