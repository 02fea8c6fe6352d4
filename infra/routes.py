"""What the modules that Lambdas enter by declare: routes, events, tasks and times, read by importing them.

Nothing here needs AWS or an environment.
"""

import importlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from infra.gateway import REST, DeclaredRoute, GatewayConflict, GatewayRoute, derive
from lyceum.kit.event import Event, Task
from lyceum.kit.manifest import Function, Http, Queue, Schedule

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS_FOLDER = ROOT / "functions"
KIT_FOLDER = ROOT / "layers" / "lyceum" / "python"
_DOORS: dict[type, str] = {Http: "api", Queue: "consumer", Schedule: "jobs"}


def door_of(function: Function) -> str:
    """Return the name by which the module of a function declares what its trigger needs, such as `api`."""
    return _DOORS.get(type(function.trigger), "handler")


def has_door(function: Function) -> bool:
    """Whether the module of a function declares what its trigger needs."""
    return hasattr(_module(function.entry), door_of(function))


def declared_routes(functions: Iterable[Function]) -> list[DeclaredRoute]:
    """Return every route that the HTTP functions declare."""
    return [
        DeclaredRoute(function.name, route.method, route.path)
        for function in functions
        if function.is_http
        for route in _declared(function).routes
    ]


def gateway_routes(functions: Sequence[Function]) -> list[GatewayRoute]:
    """Return the gateway's routes, with the one that takes what no route declares; raises GatewayConflict."""
    rest = [
        function.name
        for function in functions
        if isinstance(function.trigger, Http) and function.trigger.answers_the_rest
    ]
    if len(rest) != 1:
        raise GatewayConflict(f"one function answers the rest, and not {len(rest)}: say so in one Http() of a manifest")
    return [GatewayRoute(REST, rest[0]), *derive(declared_routes(functions))]


def reads_tokens(function: Function) -> bool:
    """Whether a function has a route that asks who calls, and so verifies tokens."""
    return function.is_http and any(route.access.reads_token for route in _declared(function).routes)


def rereads_rights(function: Function) -> bool:
    """Whether a function has a route that administers, and so reads its callers' account and session."""
    return function.is_http and any(route.access.may_administer for route in _declared(function).routes)


def events_of(function: Function) -> list[type[Event]]:
    """Return the events that a queue worker reacts to, or none for any other function."""
    return list(_declared(function).events) if isinstance(function.trigger, Queue) else []


def tasks_of(function: Function) -> list[type[Task]]:
    """Return the tasks that a queue worker carries out, or none for any other function."""
    return list(_declared(function).tasks) if isinstance(function.trigger, Queue) else []


def task_workers(functions: Sequence[Function]) -> list[str]:
    """Return the names of the functions that carry out a task; who sends tasks puts them into their queues."""
    return [function.name for function in functions if tasks_of(function)]


def jobs_of(function: Function) -> dict[str, str]:
    """Return the times of a scheduled function's jobs, by the name of the job; none for any other function."""
    if not isinstance(function.trigger, Schedule):
        return {}
    return {name: job.times for name, job in _declared(function).declared.items()}


@cache
def _module(name: str) -> Any:
    return importlib.import_module(name)


def _declared(function: Function) -> Any:
    return getattr(_module(function.entry), door_of(function))
