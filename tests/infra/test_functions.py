"""The function table names modules and key families that exist."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import lyceum.model  # noqa: F401 - declares every entity
from infra.functions import FUNCTIONS, families
from infra.routes import UnknownModule, check_modules
from lyceum.kit.manifest import Function, Http, Queue
from lyceum.kit.table import Entity

LAYER = str(Path(__file__).parents[2] / "layers")


def entities(base: type[Entity] = Entity) -> Iterator[type[Entity]]:
    for entity in base.__subclasses__():
        yield entity
        yield from entities(entity)


def stored() -> set[str]:
    own = [
        entity for entity in entities() if inspect.getfile(entity).startswith(LAYER)
    ]  # tests declare some of their own
    return {family for entity in own if hasattr(entity, "keys") for family in entity.keys.families}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_every_named_family_is_stored_by_some_entity(function: Function) -> None:
    assert {*families(function, writes=False), *families(function, writes=True)} <= stored()


def test_every_stored_family_is_reached_by_some_function() -> None:
    reached = {
        family
        for function in FUNCTIONS
        for family in (*families(function, writes=False), *families(function, writes=True))
    }
    assert stored() <= reached


def test_names_are_unique_and_short_enough_for_their_queues() -> None:
    names = [function.name for function in FUNCTIONS]
    assert len(set(names)) == len(names)
    assert all(len(f"lyceum-staging-{name}-dead-letters") <= 64 for name in names)


def test_a_row_without_its_module_is_refused_by_name() -> None:
    with pytest.raises(UnknownModule, match=r"functions\.exams\.nothing"):
        check_modules([Function("functions.exams.nothing", Http())])


WORKERS = [function for function in FUNCTIONS if isinstance(function.trigger, Queue)]


@pytest.mark.parametrize("function", WORKERS, ids=lambda function: function.name)
def test_every_event_of_a_worker_reaches_its_queue(function: Function) -> None:
    consumer = importlib.import_module(function.entry).consumer
    assert isinstance(function.trigger, Queue)
    wanted = ["Object Created"] if function.trigger.objects else sorted(function.trigger.events)
    assert consumer.events == wanted
