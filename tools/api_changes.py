"""Compares what callers rely on of the API with what was released, and fails on a break that nobody announced.

python -m tools.api_changes            prints what changed; fails when a break is not in the changelog
python -m tools.api_changes --release  writes what callers may rely on from now on, docs/released-api.tsv

What callers rely on is a list of facts, one a line: what an operation `takes`, what it `needs`, what it `gives`. To
take less, to need more or to give less is a break. It is announced by a line with the operation (`GET /api/courses`)
under "### Breaking" in the changelog's unreleased part.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RELEASED = ROOT / "docs/released-api.tsv"
CHANGELOG = ROOT / "CHANGELOG.md"
_MOST_DEPTH = 6

Fact = tuple[str, str, str]
"""An operation, `takes`, `needs` or `gives`, and a place with its type."""


def facts(document: dict[str, Any]) -> set[Fact]:
    """Return all that callers rely on."""
    schemas = document["components"]["schemas"]
    return {
        (f"{method.upper()} {path}", *fact)
        for path, on_path in document["paths"].items()
        for method, operation in on_path.items()
        for fact in _of_operation(operation, schemas)
    }


def breaks(released: Iterable[Fact], now: Iterable[Fact]) -> list[Fact]:
    """Return what callers relied on and can no longer, and what they did not have to send and now must."""
    before, after = set(released), set(now)
    gone = {fact for fact in before - after if fact[1] in {"takes", "gives"}}
    operations = {fact[0] for fact in before}
    asked = {fact for fact in after - before if fact[1] == "needs" and fact[0] in operations}
    return sorted(gone | asked)


def announced(changelog: str) -> str:
    """Return what the changelog's unreleased part says under "Breaking"."""
    unreleased = re.split(r"^## ", changelog, flags=re.MULTILINE)
    own = next((part for part in unreleased if part.startswith("[Unreleased]")), "")
    return "\n".join(re.findall(r"^### Breaking\n(.*?)(?=^### |\Z)", own, re.MULTILINE | re.DOTALL))


def unannounced(found: Iterable[Fact], changelog: str) -> list[Fact]:
    """Leave those breaks whose operation the changelog does not name."""
    told = announced(changelog)
    return [fact for fact in found if not re.search(rf"{re.escape(fact[0])}(?![\w/{{])", told)]


def read(text: str) -> set[Fact]:
    """Read facts as stored."""
    lines = [line.split("\t") for line in text.splitlines()]
    return {(line[0], line[1], line[2]) for line in lines}


def _of_operation(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "takes", "call"
    for parameter in operation.get("parameters", []):
        name = f"{parameter['in']} {parameter['name']}"
        yield from (("takes", f"{name}{place}") for place in _places(parameter["schema"], schemas))
        if parameter["required"]:
            yield "needs", name
    body = operation.get("requestBody")
    if body:
        schema = next(iter(body["content"].values()))["schema"]
        yield from (("takes", f"body{place}") for place in _places(schema, schemas))
        yield from (("needs", f"body{place}") for place in _needed(schema, schemas))
    for status, answer in operation["responses"].items():
        if status < "300":
            for media in answer.get("content", {}).values():
                yield from (("gives", f"{status}{place}") for place in _places(media["schema"], schemas))


def _places(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield each place within a schema with its type; choices of a text count as types."""
    schema = _resolved(schema, schemas)
    if depth > _MOST_DEPTH:
        return
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _places(choice, schemas, depth + 1)
    kind = schema.get("type")
    if "enum" in schema or "const" in schema:
        yield from (f" = {value}" for value in schema.get("enum", [schema.get("const")]))
    elif kind:
        yield f": {kind}"
    for name, inner in schema.get("properties", {}).items():
        yield from (f".{name}{rest}" for rest in _places(inner, schemas, depth + 1))
    if isinstance(schema.get("items"), dict):
        yield from (f"[]{rest}" for rest in _places(schema["items"], schemas, depth + 1))


def _needed(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Iterator[str]:
    schema = _resolved(schema, schemas)
    if depth > _MOST_DEPTH:
        return
    for name, inner in schema.get("properties", {}).items():
        if name in schema.get("required", ()):
            yield f".{name}"
        yield from (f".{name}{rest}" for rest in _needed(inner, schemas, depth + 1))
    if isinstance(schema.get("items"), dict):
        yield from (f"[]{rest}" for rest in _needed(schema["items"], schemas, depth + 1))


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return schemas[name] if name else schema


def main() -> int:
    """Compare, or with --release write the new list."""
    now = facts(json.loads((ROOT / "docs/openapi.json").read_text()))
    if "--release" in sys.argv:
        RELEASED.write_text("".join("\t".join(fact) + "\n" for fact in sorted(now)))
        return 0
    found = breaks(read(RELEASED.read_text()), now)
    silent = set(unannounced(found, CHANGELOG.read_text()))
    for fact in found:
        print(" ".join(("NOT ANNOUNCED" if fact in silent else "announced    ", *fact)))
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
