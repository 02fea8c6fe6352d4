"""Changes by PATCH (RFC 7644, 3.5.2), carried out on a resource as a JSON value; what comes out is validated anew.

Identity providers differ: Entra writes operations with capitals, names attributes with dots inside a value, and takes
members away by value. Okta leaves the path out and takes members away by filter. All of that is read.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from lyceum.kit.errors import BadRequest, Detail

from functions.integrations.scim import filters
from functions.integrations.scim.schemas import Operation

_PATH = re.compile(r"(?P<name>[A-Za-z$][\w$-]*)(?:\[(?P<filter>.{1,500})\])?(?:\.(?P<sub>[A-Za-z$][\w$-]*))?")
_CORE = "urn:ietf:params:scim:schemas:core:2.0:"
_GUARDED = "members"
"""What is never emptied by leaving out whom it is about."""


def apply(resource: dict[str, Any], operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the resource as it is after all operations, in their order; raises BadRequest with a scimType."""
    changed = deepcopy(resource)
    for operation in operations:
        kind = operation.op.lower()
        if operation.path:
            _at(changed, kind, operation.path, operation.value)
        elif isinstance(operation.value, dict) and kind != "remove":
            for path, value in operation.value.items():
                _at(changed, kind, path, value)
        else:
            raise _refused("Name the path of what is to be removed.", "noTarget")
    return changed


def _refused(message: str, kind: str) -> BadRequest:
    return BadRequest(message, details=[Detail("Operations", message, kind)])


def _at(resource: dict[str, Any], kind: str, path: str, value: Any) -> None:
    if path.lower().startswith("urn:"):
        if not path.startswith(_CORE):
            return  # an extension that is not kept
        path = path.removeprefix(_CORE).partition(":")[2]
    match = _PATH.fullmatch(path)
    if match is None:
        raise _refused("This path names nothing.", "invalidPath")
    name = _known(resource, match["name"])
    if match["filter"]:
        _within(resource, kind, name, filters.read(match["filter"]), match["sub"], value)
    elif match["sub"]:
        inner = resource.get(name)
        part = dict(inner) if isinstance(inner, dict) else {}
        _set(part, kind, _known(part, match["sub"]), value)
        resource[name] = part
    else:
        _set(resource, kind, name, value)


def _known(resource: dict[str, Any], name: str) -> str:
    return next((key for key in resource if key.lower() == name.lower()), name)


def _set(resource: dict[str, Any], kind: str, name: str, value: Any) -> None:
    old = resource.get(name)
    if kind == "remove":
        resource[name] = _without(name, old, value)
    elif kind == "add" and isinstance(old, list):
        added = value if isinstance(value, list) else [value]
        resource[name] = [*old, *(each for each in added if each not in old)]
    elif isinstance(old, dict) and isinstance(value, dict):
        resource[name] = {**old, **value}
    else:
        resource[name] = value


def _without(name: str, old: Any, value: Any) -> Any:
    """Take away what is named by value or, where nothing is named, all; members have to be named."""
    if isinstance(old, list) and value:
        gone = [_id_of(each) for each in (value if isinstance(value, list) else [value])]
        return [each for each in old if _id_of(each) not in gone]
    if name.lower() == _GUARDED:
        raise _refused("Name the members that are to be removed.", "noTarget")
    return None


def _id_of(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def _within(resource: dict[str, Any], kind: str, name: str, tree: filters.Tree, sub: str | None, value: Any) -> None:
    old = resource.get(name)
    rows = [dict(each) if isinstance(each, dict) else {"value": each} for each in old] if isinstance(old, list) else []
    chosen = [row for row in rows if filters.holds(tree, row)]
    if kind == "remove" and sub is None:
        resource[name] = [row for row in rows if row not in chosen]
        return
    if not chosen and kind != "remove":
        chosen = [_new_row(tree)]
        rows += chosen
    for row in chosen:
        if sub:
            _set(row, kind, sub, value)
        elif isinstance(value, dict):
            row.update(value)
    resource[name] = rows


def _new_row(tree: filters.Tree) -> dict[str, Any]:
    """Begin a value that is as the filter asks: `emails[type eq "work"].value` adds one of type work."""
    return dict(filters.equalities(tree))
