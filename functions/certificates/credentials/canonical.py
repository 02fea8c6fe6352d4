"""The one form of a credential that is hashed: its statements as sorted N-Quads (RDF Dataset Canonicalization 1.0).

The contexts are shipped and nothing is ever fetched. A property or type that no context defines would vanish in that
form and could be changed behind the signature's back, so a document with one is refused.
"""

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "contexts"
CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_FILES = {
    CREDENTIALS: "credentials-v2.json",
    OPEN_BADGES: "open-badges-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "open-badges-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "open-badges-extensions.json",
}
_NOWHERE = "https://relative.invalid/"
"""What relative addresses are taken to be below, so that they are known when they come back."""
_MOST_DEPTH = 20
_MOST_NODES = 2000
_MOST_ALIKE = 4
"""Of parts that have no id and look the same: what labels them tries their orders, of which there are 24."""


class NotCanonical(ValueError):
    """A document says something that its statements would not hold; the message says what."""


def statements(document: Mapping[str, Any]) -> str:
    """Return the canonical statements of a document; raises NotCanonical."""
    from pyld import jsonld

    _check_size(document)
    options = {"documentLoader": _load, "processingMode": "json-ld-1.1"}
    try:
        expanded = jsonld.expand(dict(document), {"base": _NOWHERE, **options}, on_property_dropped=_refuse)
        _check_types(expanded)
        return str(
            jsonld.normalize(expanded, {"algorithm": "URDNA2015", "format": "application/n-quads", **options}),
        )
    except jsonld.JsonLdError as error:
        raise NotCanonical(_cause(error)) from None
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, NotCanonical):
            raise
        raise NotCanonical("this is no JSON-LD that makes sense") from None


def _check_size(value: Any) -> None:
    """Raise NotCanonical for a document that is too deep, has too many parts or brings a context of its own.

    Parts that are alike take a time that grows with the factorial of their number (RDF Dataset Canonicalization 1.0,
    7.1), so there may be few of them, and none may name another by a blank label.
    """
    waiting, seen = [(value, 0)], 0
    alike: Counter[str] = Counter()
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if depth > _MOST_DEPTH or seen > _MOST_NODES:
            raise NotCanonical("the document is too deep or too large")
        if isinstance(part, Mapping):
            _check_contexts(part.get("@context", []))
            _check_id(part)
            alike[_looks(part)] += 1
        children = part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ()
        waiting += [(child, depth + 1) for child in children]
    if any(count > _MOST_ALIKE for looks, count in alike.items() if looks):
        raise NotCanonical("too many parts of the document are alike")


def _check_id(part: Mapping[str, Any]) -> None:
    if any(str(part.get(name, "")).startswith("_:") for name in ("id", "@id")) or "@graph" in part:
        raise NotCanonical("a part of the document has a label that is no address")


def _looks(part: Mapping[str, Any]) -> str:
    """Return what a part without an id says apart from other parts; nothing for one that has an id."""
    if "id" in part or "@id" in part:
        return ""
    return json.dumps({name: _plain(value) for name, value in part.items()}, sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return "a part" if isinstance(value, Mapping) else value


def _check_contexts(named: Any) -> None:
    for each in named if isinstance(named, list) else [named]:
        if not isinstance(each, str) or each not in _FILES:
            raise NotCanonical(f"the context {str(each)[:120]} is not known here, and none is fetched")


def _refuse(name: str) -> None:
    raise NotCanonical(f"no context defines {str(name)[:60]!r}")


def _check_types(expanded: Any) -> None:
    """Refuse types and ids that are no absolute addresses: they would be left out of the statements."""
    waiting = [expanded]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            named = part.get("@type", []) if "@value" not in part else []
            for name in [*(named if isinstance(named, list) else [named]), part.get("@id", "_:")]:
                if ":" not in str(name) or str(name).startswith(_NOWHERE):
                    _refuse(str(name).removeprefix(_NOWHERE))
            waiting += part.values()


def _load(address: str, _options: Mapping[str, Any]) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": address, "document": context(address)}


@cache
def context(address: str) -> dict[str, Any]:
    """Return a context that is shipped; raises KeyError for any other."""
    found: dict[str, Any] = json.loads((HERE / _FILES[address]).read_text())
    return found


def _cause(error: BaseException) -> str:
    """Return what we ourselves refused below the library's own error, else the library's words."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, NotCanonical):
            return str(below)
        below = getattr(below, "cause", None) or below.__cause__ or below.__context__
    return f"this is no JSON-LD that makes sense: {str(error).splitlines()[0][:120]}"
