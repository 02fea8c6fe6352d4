"""The jobs and queues of the whole deployment, as they were declared when it was built."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from lyceum.kit.settings import settings


@cache
def jobs() -> dict[str, dict[str, Any]]:
    """Return every job of the product by its name, such as `users.purge`, with its function and times."""
    return {each["job"]: each for each in _declared()["jobs"]}


@cache
def queues() -> dict[str, str]:
    """Return every queue of a worker, with the queue where its messages end that nothing could be done with."""
    return {each["queue"]: each["dead"] for each in _declared()["queues"] if not each.get("goes_with") or _has_edge()}


@cache
def dead_letters() -> tuple[str, ...]:
    """Return the queue of dead letters of every domain."""
    return tuple(_declared()["dead"])


def full_name(short: str) -> str:
    """Return the name of a queue or function in this stage."""
    return f"lyceum-{settings().stage}-{short}"


def _has_edge() -> bool:
    """Whether the stage has what some workers go with: the content network before the API."""
    return bool(settings().api_edge)


@cache
def _declared() -> Any:
    return json.loads(files("functions.admin.operations").joinpath("declared.json").read_text())
