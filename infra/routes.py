"""What the HTTP modules declare, read by importing them; nothing here needs AWS or an environment."""

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.gateway import DeclaredRoute
from lyceum.kit.manifest import Function

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS_FOLDER = ROOT / "functions"
KIT_FOLDER = ROOT / "layers" / "lyceum" / "python"


class UnknownModule(LookupError):
    """The function table names a module that does not exist."""


def check_modules(functions: Iterable[Function]) -> None:
    """Raise UnknownModule for a row of the table whose module is not in its domain's folder."""
    for function in functions:
        module = ROOT / (function.entry.replace(".", "/") + ".py")
        if not module.is_file():
            raise UnknownModule(
                f"infra/functions.py names {function.entry}, and there is no {module.relative_to(ROOT)}"
            )


def declared_routes(functions: Iterable[Function]) -> list[DeclaredRoute]:
    """Return every route that the HTTP functions declare."""
    for folder in (ROOT, KIT_FOLDER):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    return [route for function in functions if function.is_http for route in _routes_of(function)]


def _routes_of(function: Function) -> list[DeclaredRoute]:
    api = importlib.import_module(function.entry).api
    return [DeclaredRoute(function.name, route.method, route.path, route.access.is_anonymous) for route in api.routes]


def optional_callers(functions: Iterable[Function]) -> set[str]:
    """Return the names of functions with a route that takes a caller or none, and so verify tokens themselves."""
    http = [function for function in functions if function.is_http]
    return {
        function.name
        for function in http
        if any(route.access.name == "OPTIONAL" for route in importlib.import_module(function.entry).api.routes)
    }
