"""Finds what the product declares: HTTP modules, workers, jobs, entities and messages."""

import importlib
import pkgutil
import re
from pathlib import Path

from lyceum import events, model, tasks
from lyceum.kit import configuration, consumers, http, identity, jobs, long_jobs, telemetry, tenancy
from lyceum.kit.event import Message, catalogue
from lyceum.kit.table import Entity

FUNCTIONS = Path(__file__).parents[1] / "functions"


def http_modules() -> list[str]:
    """Return the importable name of every module in functions/ with a module-level `api = Api(...)`."""
    return _declaring("api = Api(")


def consumer_modules() -> list[str]:
    """Return the importable name of every module in functions/ with a module-level `consumer = Consumer(...)`."""
    return _declaring("consumer = Consumer(")


def entities() -> list[type[Entity]]:
    """Import every module of the model and of the kit's records, and return what they store, by module and name."""
    for package in (model, configuration, consumers, http, identity, jobs, long_jobs, telemetry, tenancy):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if package is model or module.name.endswith(".records"):
                importlib.import_module(module.name)
    stored = [kind for kind in Entity.kind.get_registered_subclasses(Entity) if kind.__module__.startswith("lyceum.")]
    return sorted(stored, key=lambda kind: (kind.__module__, kind.__name__))


def messages() -> dict[str, type[Message]]:
    """Import every module of events and tasks, and return what they declare, by name."""
    for package in (events, tasks):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    importlib.import_module("lyceum.kit.telemetry.task")
    return {name: kind for name, kind in catalogue().items() if kind.__module__.startswith("lyceum.")}


def _declaring(line: str) -> list[str]:
    declares = re.compile(rf"^{re.escape(line)}", re.MULTILINE)
    found = [path for path in FUNCTIONS.rglob("*.py") if declares.search(path.read_text())]
    return sorted(".".join(path.relative_to(FUNCTIONS.parent).with_suffix("").parts) for path in found)
