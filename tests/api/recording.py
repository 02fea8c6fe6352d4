"""Requests and answers of the tests, gathered as the examples of the API document.

Where `LYCEUM_EXAMPLES` names a folder, each process of a run writes there what its tests sent and got, of every
operation the pairs that say most within a size. `python -m tools.examples FOLDER` makes the document's examples of it.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lyceum.kit.http import Route
from lyceum.kit.http.openapi import operations

MOST_CHARACTERS = 2_500
"""Of a pair, so that the document stays readable; larger ones are taken only where there is nothing else."""
_LONGEST = 12_000
_GENERATED = ("tests/api/", "tests/security/", "tests/faults/")
"""Tests whose requests are made up by the thousand, and mean nothing to a reader."""
_ATTACK = re.compile(r"(?i)<script|onclick|onerror|javascript:")
_CANDIDATES = 8
_found: dict[str, list[dict[str, Any]]] = {}


def note(route: Route | None, body: Any, answer: str) -> None:
    """Keep a request and its successful answer if they say more than what is kept of the operation."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    if "LYCEUM_EXAMPLES" not in os.environ or route is None or test.startswith(_GENERATED):
        return
    if len(answer) > _LONGEST:
        return
    try:
        pair = {"request": body, "answer": json.loads(answer)}
    except ValueError:
        return
    if pair["request"] is None or isinstance(body, str):
        del pair["request"]
    kept = _found.setdefault(operations.name_of(route), [])
    kept.append(pair)
    if len(kept) > _CANDIDATES:
        kept.remove(min(kept, key=worth))


def worth(pair: dict[str, Any]) -> tuple[bool, bool, int, int]:
    """Return how good an example is: whole and harmless, small enough, of many different fields, then short."""
    text = json.dumps(pair)
    is_plain = "request" in pair and not _ATTACK.search(text)
    return is_plain, len(text) <= MOST_CHARACTERS, len(set(_names(pair))), -len(text)


def _names(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            yield from _names(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, path)


def write() -> None:
    """Write what this process gathered, as a file of its own."""
    if _found:
        folder = Path(os.environ["LYCEUM_EXAMPLES"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{os.getpid()}.json").write_text(json.dumps(_found))
