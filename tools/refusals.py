"""Which errors each route may answer with, read from the code: whatever its function reaches that makes a DomainError.

What is called on a value whose class is not written down is looked for in the classes that its module names. So a route
may be said to raise an error that it never does, and never the other way round where classes are named.
"""

import ast
import inspect
import textwrap
import types
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from lyceum.kit import errors
from lyceum.kit.errors import DomainError, rule_violation
from lyceum.kit.http import Api, Route
from lyceum.kit.http.openapi.refusals import Refusal

_OURS = ("functions.", "lyceum.")
_SHARED = ("lyceum.kit.http.", "lyceum.kit.table.")
"""What every route passes through; what it refuses is declared for all routes at once."""
_OF_SOME = "lyceum.kit.table.whole"
"""What is shared too, but refuses something to those routes alone that name it."""
_MISSING = object()


def refusals(apis: Iterable[Api]) -> dict[Route, frozenset[Refusal]]:
    """Return what the function of each route may raise."""
    return {route: frozenset(_reached(route.function)) for api in apis for route in api.routes}


def _reached(start: Any) -> Iterator[Refusal]:
    seen, waiting = {start}, [start]
    while waiting:
        found = _read(waiting.pop())
        yield from found[0]
        for each in found[1]:
            if each not in seen:
                seen.add(each)
                waiting.append(each)


@cache
def _read(function: Any) -> tuple[frozenset[Refusal], frozenset[Any]]:
    """Return what a function makes of errors itself, and which functions of ours it names."""
    names = getattr(function, "__globals__", {})
    scope = {**names, **_closed_over(function)}
    own: set[Refusal] = set()
    called: set[Any] = set()
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.Call):
            made = _made(node, scope)
            if made:
                own.add(made)
        if isinstance(node, ast.Name | ast.Attribute):
            called |= set(_functions(node, scope))
    return frozenset(own), frozenset(called)


def _tree(function: Any) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # a lambda within a call, or made without source
        return ast.Module([], [])


def _closed_over(function: Any) -> dict[str, Any]:
    try:
        return dict(inspect.getclosurevars(function).nonlocals)
    except (TypeError, ValueError):
        return {}


def _functions(node: ast.Name | ast.Attribute, scope: dict[str, Any]) -> Iterator[Any]:
    value = _value(node, scope)
    if value is _MISSING and isinstance(node, ast.Attribute):
        for kind in _classes(scope):
            yield from _plain(inspect.getattr_static(kind, node.attr, None))
        return
    yield from _plain(value)
    if inspect.isclass(value) and _is_ours(value):
        yield from _plain(inspect.getattr_static(value, "__init__", None))
        for name, member in list(vars(value).items()):  # models complete themselves when they are looked at
            if name.startswith("check_") or hasattr(member, "decorator_info"):
                yield from _plain(getattr(member, "wrapped", member))


def _plain(value: Any) -> Iterator[Any]:
    if isinstance(value, property):
        value = value.fget
    value = (
        inspect.unwrap(getattr(value, "__func__", value)) if callable(value) or hasattr(value, "__func__") else value
    )
    if isinstance(value, types.FunctionType) and _is_ours(value) and not _is_shared(value.__module__):
        yield value


def _is_shared(module: str) -> bool:
    return module.startswith(_SHARED) and module != _OF_SOME


def _classes(scope: dict[str, Any]) -> list[type]:
    return [value for value in scope.values() if inspect.isclass(value) and _is_ours(value)]


def _is_ours(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).startswith(_OURS)


def _value(node: ast.AST, scope: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return scope.get(node.id, _MISSING)
    if isinstance(node, ast.Attribute):
        base = _value(node.value, scope)
        if base is _MISSING or not (inspect.ismodule(base) or inspect.isclass(base)):
            return _MISSING
        return inspect.getattr_static(base, node.attr, _MISSING)
    return _MISSING


def _made(node: ast.Call, scope: dict[str, Any]) -> Refusal | None:
    """Read the making of an error; None for any other call, and for a code that is not written there."""
    kind = _value(node.func, scope)
    given = {keyword.arg: _text(keyword.value, scope) for keyword in node.keywords}
    texts = [_text(argument, scope) for argument in node.args]
    if kind is rule_violation and len(texts) >= 2 and texts[0]:
        return Refusal(422, errors.RuleViolation.default_code, texts[0], texts[1] or "")
    if not (inspect.isclass(kind) and issubclass(kind, DomainError)):
        return None
    rule = _rule(node, scope) if issubclass(kind, errors.RuleViolation) else ""
    message = texts[0] if texts else ""
    return Refusal(kind.status, given.get("code") or kind.default_code, rule, message or "")


def _rule(node: ast.Call, scope: dict[str, Any]) -> str:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and _value(inner.func, scope) is errors.Detail:
            for keyword in inner.keywords:
                if keyword.arg == "code":
                    return _text(keyword.value, scope) or ""
    return ""


def _text(node: ast.AST, scope: dict[str, Any]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
        return "".join(str(part) for part in parts)
    if isinstance(node, ast.IfExp):
        return _text(node.body, scope)
    value = _value(node, scope)
    return value if isinstance(value, str) else None
