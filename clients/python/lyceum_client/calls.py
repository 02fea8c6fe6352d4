"""Each operation as a method; their types stand in the stub beside this file."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from keyword import iskeyword
from typing import Any

from lyceum_client.answers import Answer
from lyceum_client.operations import Operation, operations

OperationId = str
_HEADERS = {"if_match": "If-Match", "idempotency_key": "Idempotency-Key"}


class Calls:
    """Operations that return what their answers hold: `calls.show_course(course_id)`."""

    def __init__(self, send: Callable[..., Answer]) -> None:
        self._send = send

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the operation of that name as a function."""
        operation = _named(name)
        return lambda *given, **named: self._send(operation.name, **arguments(operation, given, named)).data


class Every:
    """Lists that are read to their end, page after page: `for note in every.list_notes(): ...`."""

    def __init__(self, pages: Callable[..., Iterator[Any]]) -> None:
        self._pages = pages

    def __getattr__(self, name: str) -> Callable[..., Iterator[Any]]:
        """Return the list of that name as a function that goes through its rows."""
        operation = _named(name)
        return lambda *given, **named: self._pages(operation.name, **arguments(operation, given, named))


def arguments(operation: Operation, given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Sort the arguments of a call into path, query, headers and body; raises TypeError for one too many."""
    if len(given) > len(operation.places):
        raise TypeError(f"{operation.name} takes {len(operation.places)} arguments, not {len(given)}")
    path: dict[str, Any] = dict(zip(operation.places, given, strict=False))
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    by_argument = {_argument(name): name for name in (*operation.places, *operation.query)}
    body = named.pop("body", None)
    for name, value in named.items():
        if name in _HEADERS:
            headers[_HEADERS[name]] = value
        elif name not in by_argument:
            raise TypeError(f"{operation.name} takes no {name}")
        else:
            (path if by_argument[name] in operation.places else query)[by_argument[name]] = value
    return {"path": path, "query": query, "headers": headers, "body": body}


def snake(name: str) -> str:
    """Return an operationId or a parameter as Python writes it, such as `list_courses`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).replace("-", "_").lower()


def _argument(name: str) -> str:
    return f"{snake(name)}_" if iskeyword(snake(name)) else snake(name)


@cache
def _by_method() -> dict[str, Operation]:
    return {snake(each.name): each for each in operations().values()}


def _named(name: str) -> Operation:
    try:
        return _by_method()[name]
    except KeyError:
        raise AttributeError(f"the API has no operation {name}") from None
