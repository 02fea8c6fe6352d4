"""Every Lambda of the product, collected from the manifests `functions/*/lambdas.py`; there are no rows here.

What a row leaves unsaid is read from the module that it enters by. What does not fit is refused, with the mend.
"""

import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.routes import FUNCTIONS_FOLDER, ROOT, door_of, events_of, has_door, rereads_rights, tasks_of
from lyceum.kit.configuration.records import RoleSet
from lyceum.kit.consumers.records import OutboxItem, ProcessedEvent
from lyceum.kit.http.records import IdempotencyRecord, RateLimitWindow
from lyceum.kit.identity.records import ApiKey, ApiKeyUse, Revocation
from lyceum.kit.jobs.records import JobState, ScheduleMark
from lyceum.kit.manifest import Function, Http, Queue, Schedule, WebSocket
from lyceum.kit.table.entity import Entity
from lyceum.kit.table.keys import Index
from lyceum.kit.telemetry.records import TelemetryBatch
from lyceum.kit.tenancy.records import Tenant, TenantHost
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.model.auth import Session
from lyceum.model.users.account import User
from tools.declared import entities

READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem")
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem")
KIT_READS: dict[type, tuple[type[Entity], ...]] = {
    Http: (
        RateLimitWindow,
        IdempotencyRecord,
        OutboxItem,
        Revocation,
        ApiKey,
        WatchedAddress,
        Tenant,
        TenantHost,
        RoleSet,
    ),
    Queue: (ProcessedEvent, OutboxItem, RoleSet),
    Schedule: (Tenant, ScheduleMark, JobState, OutboxItem, RoleSet),
    WebSocket: (RoleSet,),
}
"""What the kit itself reads for every function of a trigger."""
KIT_WRITES: dict[type, tuple[type[Entity], ...]] = {
    Http: (RateLimitWindow, IdempotencyRecord, OutboxItem, TelemetryBatch, ApiKeyUse),
    Queue: (ProcessedEvent, OutboxItem, TelemetryBatch),
    Schedule: (ScheduleMark, JobState, OutboxItem, TelemetryBatch),
    WebSocket: (TelemetryBatch,),
}
"""What the kit itself writes for every function of a trigger."""

_TRIGGERS = {"Api": ("api", "Http()"), "Consumer": ("consumer", "Queue()"), "Jobs": ("jobs", "Schedule()")}
"""What a module declares, the name that it has there, and the trigger of the row that enters by it."""
_DECLARES = re.compile(r"^(\w+)(?:: *[\w.]+)? = (?:\w+\.)*(Api|Consumer|Jobs)\(", re.MULTILINE)
_LONGEST_NAME = 64 - len("lyceum-staging-")
"""Of a function in any stage; Lambda takes 64 characters."""


class DoesNotFit(LookupError):
    """Manifests, modules and entities disagree; the message says what is to be done."""


def collect(folder: Path = FUNCTIONS_FOLDER) -> tuple[Function, ...]:
    """Return the rows of all manifests, by domain; `check` complains of a domain without one."""
    rows: list[Function] = []
    for domain in _domains(folder):
        if (folder / domain / "lambdas.py").is_file():
            rows += [row.within(domain) for row in importlib.import_module(f"functions.{domain}.lambdas").LAMBDAS]
    return tuple(rows)


def _domains(folder: Path) -> list[str]:
    """Name the folders that hold code; what an earlier version left behind holds none."""
    return sorted(path.name for path in folder.iterdir() if next(path.rglob("*.py"), None) if path.is_dir())


def families(function: Function, *, writes: bool) -> tuple[str, ...]:
    """Return the key families that a function may write, or those that it may read; the kit's own are among them."""
    own: Sequence[type[Entity] | Index] = function.writes if writes else function.reads
    kit = (KIT_WRITES if writes else KIT_READS).get(type(function.trigger), ())
    return tuple(sorted({_family(stored) for stored in (*own, *kit)}))


def _family(stored: type[Entity] | Index) -> str:
    return stored.family if isinstance(stored, Index) else stored.keys.family


def check(functions: Sequence[Function], folder: Path = FUNCTIONS_FOLDER) -> None:
    """Raise DoesNotFit unless folders, manifests, modules, entities and tasks agree."""
    for complaint in (
        *_without_manifest(folder),
        *_names(functions),
        *_doors(functions),
        *forgotten_doors(functions),
        *_forgotten_entities(functions),
    ):
        raise DoesNotFit(complaint)
    for complaint in (*_mixed_sources(functions), *_misdirected_tasks(functions), *_unread_rights(functions)):
        raise DoesNotFit(complaint)


def _without_manifest(folder: Path) -> Iterator[str]:
    for domain in _domains(folder):
        if not (folder / domain / "lambdas.py").is_file():
            yield f"functions/{domain} has no manifest: write functions/{domain}/lambdas.py with a tuple LAMBDAS"
        if not (folder / domain / "__init__.py").is_file():
            yield f"functions/{domain} is no package: write functions/{domain}/__init__.py that says what it is about"


def _manifest(function: Function) -> str:
    return f"functions/{function.domain}/lambdas.py"


def _names(functions: Sequence[Function]) -> Iterator[str]:
    entries: dict[str, str] = {}
    for function in functions:
        other = entries.setdefault(function.name, function.entry)
        if other != function.entry:
            yield f"{other} and {function.entry} would both be called {function.name}: rename one of the modules"
        if len(function.name) > _LONGEST_NAME:
            yield f"{function.name} is longer than {_LONGEST_NAME} characters: give {function.entry} a shorter name"


def _doors(functions: Sequence[Function]) -> Iterator[str]:
    """Complain of rows whose module is not there or declares nothing that fits the trigger."""
    for function in functions:
        place = function.entry.replace(".", "/") + ".py"
        if not (ROOT / place).is_file():
            yield f"{_manifest(function)} names {function.entry}, and there is no {place}: write it or take the row out"
            continue
        if not has_door(function):
            door = door_of(function)
            yield f"{place} declares no `{door}`, which its row in {_manifest(function)} asks for: declare it"


def forgotten_doors(functions: Sequence[Function]) -> Iterator[str]:
    """Complain of modules with routes, reactions or jobs that no row enters by."""
    entered = {(function.entry, door_of(function)) for function in functions}
    entries = {entry for entry, _ in entered}
    for path in sorted(FUNCTIONS_FOLDER.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name, kind in _DECLARES.findall(path.read_text()):
            door, trigger = _TRIGGERS[kind]
            _, domain, entry = module.split(".", 2)
            place = path.relative_to(ROOT)
            if module in entries and (module, name) not in entered:
                yield f"{place} is one Lambda, and `{name}` asks for another: give it a module of its own"
            elif module not in entries:
                row = f'Function("{entry}", {trigger}, ...)'
                told = "" if name == door else f", and call its {kind} `{door}`"
                yield f"{place} is no Lambda: add {row} to functions/{domain}/lambdas.py{told}"


def _forgotten_entities(functions: Sequence[Function]) -> Iterator[str]:
    rows = [stored for function in functions for stored in (*function.reads, *function.writes)]
    named = {stored for stored in rows if not isinstance(stored, Index)}
    kit = {entity for kinds in (*KIT_READS.values(), *KIT_WRITES.values()) for entity in kinds}
    for entity in entities():
        if hasattr(entity, "keys") and entity not in named | kit:
            yield (
                f"no manifest names {entity.__module__}.{entity.__name__}: "
                "add it to `reads` or `writes` of the Lambdas that touch it, or remove it"
            )


def _mixed_sources(functions: Sequence[Function]) -> Iterator[str]:
    """Complain of queues that would be filled from two places: a flood from one must not hold up the other."""
    for function in functions:
        if not isinstance(function.trigger, Queue):
            continue
        sources = {event.source for event in events_of(function)}
        if len(sources) > 1 or (sources - {"lyceum"} and tasks_of(function)):
            yield f"{function.entry} reacts to {', '.join(sorted(sources))} in one queue: give each source a Lambda"
        if bool(function.trigger.objects) != (sources == {"aws.s3"}):
            yield f"{function.entry}: Queue(objects=...) goes with a reaction to new objects, and only with that"


def _misdirected_tasks(functions: Sequence[Function]) -> Iterator[str]:
    for function in functions:
        for task in tasks_of(function):
            if task.worker != function.name:
                yield (
                    f"{task.__module__}.{task.__name__} is for {task.worker}, and {function.name} carries it out: "
                    f'let it say `worker = "{function.name}"`'
                )


def _unread_rights(functions: Sequence[Function]) -> Iterator[str]:
    for function in functions:
        known = [*function.reads, *function.writes]
        if not (User in known and Session in known) and rereads_rights(function):
            yield (
                f"{function.entry} administers, and its guard reads its callers' rights: "
                f"add User and Session to `reads` of its row in {_manifest(function)}"
            )


FUNCTIONS: tuple[Function, ...] = collect()
