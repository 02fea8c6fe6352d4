"""An item of an unknown kind is an error, never dropped; and who reads a partition knows every kind in it."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit.event import Event
from lyceum.kit.table import Entity, batch_fetch, fetch_partition, find
from lyceum.kit.table.entity import UnknownKind
from lyceum.model.notifications.inbox import Notification
from tests.support.cloud import Cloud
from tools.declared import entities, messages

ROOT = Path(__file__).parents[2]
HOMES = {"lyceum": ROOT / "layers/lyceum/python", "functions": ROOT}
READS = {"find", "find_all", "find_whole", "fetch_partition"}
INDEXES = ["gsi1", "gsi2"]


def test_kinds_are_unique() -> None:
    kinds = Counter(Entity.kind.get_discriminator(entity) for entity in entities())
    assert [kind for kind, times in kinds.items() if times > 1] == []


@pytest.mark.parametrize(
    "read",
    [
        lambda: Notification.fetch(user_id="ada", notification_id="1"),
        lambda: find(Notification, user_id="ada"),
        lambda: fetch_partition(Notification, user_id="ada"),
        lambda: batch_fetch([Notification.at(user_id="ada", notification_id="1")]),
    ],
    ids=["fetch", "find", "fetch_partition", "batch_fetch"],
)
def test_an_item_of_an_unknown_kind_is_an_error(cloud: Cloud, tenant: str, read: Callable[[], Any]) -> None:
    pk, sk = Notification.key_of(user_id="ada", notification_id="1")
    item = {"PK": {"S": pk}, "SK": {"S": sk}, "kind": {"S": "of_tomorrow"}}
    cloud.dynamodb.put_item(TableName="lyceum-test", Item=item)
    with pytest.raises(UnknownKind, match=r"of_tomorrow at .*INBOX#ada: import the module that declares it"):
        read()


def test_every_reader_imports_the_kinds_of_its_partition() -> None:
    missing = []
    for module in sorted(sources()):
        if module.startswith(("functions.", "lyceum.rules.")):
            for entity, index, is_whole in reads_of(module):
                known = loaded_with(module)
                missing += [
                    f"{module} reads {entity.__name__} and meets {met.__name__}: import {met.__module__}"
                    for met in met_with(entity, index, is_whole=is_whole)
                    if met.__module__ not in known
                ]
    assert sorted(set(missing)) == []


@cache
def sources() -> dict[str, ast.Module]:
    """Return every module of the product, parsed."""
    found = {}
    for package, home in HOMES.items():
        for path in (home / package).rglob("*.py"):
            parts = path.relative_to(home).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text())
    return found


@cache
def loaded_with(module: str) -> frozenset[str]:
    """Name all modules of the product that are loaded when one is imported: by its own first lines, and by theirs."""
    loaded, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in loaded or name not in sources():
            continue
        loaded.add(name)
        waiting.append(name.rpartition(".")[0])
        waiting += imports_of(sources()[name])
    return frozenset(loaded)


def imports_of(tree: ast.Module) -> Iterator[str]:
    """Name what a module imports when it is loaded itself; not what its functions import."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reads_of(module: str) -> Iterator[tuple[type[Entity], str | None, bool]]:
    """Return what a module reads several items of: the entity, the index, and whether it takes the whole partition.

    Where one of them is decided as it runs, it may be any that the module imports, and either index.
    """
    kinds = {entity.__name__: entity for entity in entities()}
    imported = [kinds[name] for name in map(last, imports_of(sources()[module])) if name in kinds]
    for call in ast.walk(sources()[module]):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in READS and call.args:
            named = kinds.get(name_of(call.args[0]))
            index = next((keyword.value for keyword in call.keywords if keyword.arg == "index"), None)
            indexes = [None] if index is None else [index.value] if isinstance(index, ast.Constant) else INDEXES
            for entity in [named] if named else imported:
                yield from (
                    (entity, each, call.func.id == "fetch_partition") for each in indexes if shape(entity, each)
                )


def last(name: str) -> str:
    return name.rpartition(".")[2]


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def met_with(entity: type[Entity], index: str | None, *, is_whole: bool) -> list[type[Entity]]:
    """Return the entities whose items may stand where an entity is looked for."""
    place = shape(entity, index)
    assert place
    partition, sort = place
    found = []
    for other in entities():
        where = shape(other, index)
        if where and where[0] == partition:
            is_in_range = where[1].startswith(sort) or sort.startswith(where[1])
            if is_whole or is_in_range:
                found.append(other)
    return found


def shape(entity: type[Entity], index: str | None) -> tuple[str, str] | None:
    """Return the partition of an entity without the names of its parts, and what its sort key begins with."""
    keys = getattr(entity.keys, index) if index else entity.keys
    return (re.sub(r"\{[^}]*\}", "{}", keys.partition), keys.sort.partition("{")[0]) if keys else None


def test_facts_are_called_like_their_classes() -> None:
    """What AWS tells has names of AWS's own."""
    facts = {name: message for name, message in messages().items() if issubclass(message, Event)}
    own = {name: fact.__name__ for name, fact in facts.items() if fact.source == "lyceum"}
    assert own == {name: "".join(word.capitalize() for word in re.split(r"[._]", name)) for name in own}
