"""The table of the API's operations, by operationId."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

_SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE"})


@dataclass(frozen=True)
class Operation:
    """One operation.

    - `keyed`: it takes an Idempotency-Key. `repeatable`: it knows its own repetition without one.
    - `cached`: its answers have an ETag. `paged`: it is read page by page with `cursor`.
    - `form`: its body is a form. `enveloped`: its answers hold `data`.
    """

    name: str
    method: str
    path: str
    query: tuple[str, ...] = ()
    form: bool = False
    keyed: bool = False
    cached: bool = False
    repeatable: bool = False
    paged: bool = False
    enveloped: bool = False

    @property
    def places(self) -> list[str]:
        """The names in its path, in their order."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def is_safe_again(self) -> bool:
        """Say whether it has the effect of once, however often it is sent."""
        return self.method in _SAFE or self.keyed or self.repeatable

    def address(self, path: Mapping[str, Any], query: Mapping[str, Any]) -> str:
        """Return path and query with what the caller gives; raises TypeError for a name that it does not know."""
        wanting, unknown = set(self.places) - set(path), (set(path) - set(self.places)) | (set(query) - set(self.query))
        if wanting or unknown:
            raise TypeError(f"{self.name}: wanting {sorted(wanting)}, unknown {sorted(unknown)}")
        place = self.path.format(**{name: quote(str(value), safe="") for name, value in path.items()})
        asked = [(name, _text(value)) for name, value in query.items() if value is not None]
        return f"{place}?{urlencode(asked)}" if asked else place


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@cache
def operations() -> Mapping[str, Operation]:
    """Return all operations by operationId."""
    rows = json.loads(resources.files("lyceum_client").joinpath("operations.json").read_text())
    return {name: Operation(name, **{**row, "query": tuple(row.get("query", ()))}) for name, row in rows.items()}


def operation(name: str) -> Operation:
    """Return an operation; raises LookupError for a name that the API does not have."""
    try:
        return operations()[name]
    except KeyError:
        raise LookupError(f"the API has no operation {name}") from None
