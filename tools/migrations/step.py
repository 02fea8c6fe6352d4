"""One step: what becomes of each item, there and back."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Item = dict[str, dict[str, Any]]
"""An item in DynamoDB's JSON, such as `{"PK": {"S": "main|TOPIC#1"}, "version": {"N": "3"}}`."""
Change = Callable[[Item], Item | None]
"""Returns an item's other form, or None for one that has it already; so what it finds nothing to do for is proven."""
Read = Callable[[Item], Item | None]
"""Reads another item by its key; None where there is none."""
ReadingChange = Callable[[Item, Read], Item | None]
"""The same for an item whose other form follows from other items."""
_MODULE = re.compile(r"s(\d{4})_\w+")


class Misnumbered(ValueError):
    """The numbers of steps are not 1, 2, 3 and so on."""


@dataclass(frozen=True)
class Step:
    """A change of stored data.

    Attributes:
        number: Its place; a table has had all steps up to a number, and none after.
        title: What is different afterwards, in a few words.
        kinds: Kinds of items that it looks at; empty for all.
        forth: The change.
        back: The change undone: what `forth` made of an item becomes that item again.
        is_reading: Whether the changes look at other items too.
    """

    number: int
    title: str
    kinds: frozenset[str]
    forth: Change | ReadingChange
    back: Change | ReadingChange
    is_reading: bool = False

    def change(self, item: Item, read: Read, *, forth: bool) -> Item | None:
        """Return the other form of an item, or None where there is nothing to do."""
        if self.kinds and item.get("kind", {}).get("S") not in self.kinds:
            return None
        change: Any = self.forth if forth else self.back
        changed: Item | None = change(item, read) if self.is_reading else change(item)
        return changed


def collect() -> tuple[Step, ...]:
    """Return the steps of this folder's modules `s0001_...`, in order; raises Misnumbered."""
    package = importlib.import_module("tools.migrations")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__) if _MODULE.fullmatch(module.name))
    steps = tuple(importlib.import_module(f"tools.migrations.{name}").STEP for name in names)
    for place, (name, step) in enumerate(zip(names, steps, strict=True), start=1):
        if not step.number == int(name[1:5]) == place:
            raise Misnumbered(f"{name} is step {step.number} and stands at place {place}")
    return steps
