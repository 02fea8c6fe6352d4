"""Numbers that are added to items: summed up first, so that each item is written once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Self

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from lyceum.kit.table import Entity, Unit


class Target(NamedTuple):
    """An item that is added to; one that must exist is not made when it is missing."""

    entity: type[Entity]
    parts: tuple[tuple[str, str], ...]
    must_exist: bool = False

    @property
    def name(self) -> str:
        """The item's name in texts."""
        return "#".join([self.entity.__name__, *(value for _, value in self.parts)])


class Totals:
    """What is added to which items, by attribute; `name.entry` is an entry of the map `name`, which must be there."""

    def __init__(self) -> None:
        self._sums: dict[Target, dict[str, int]] = {}

    @classmethod
    def sum_of(cls, totals: Iterable["Totals"]) -> Self:
        """Return what several come to together."""
        summed = cls()
        for each in totals:
            for target, values in each.items():
                summed._add(target, values)
        return summed

    @classmethod
    def of(cls, target: Target, values: Mapping[str, int]) -> Self:
        """Return what is added to one item."""
        single = cls()
        single._add(target, values)
        return single

    def add(
        self, entity: type[Entity], parts: Mapping[str, str], values: Mapping[str, int], *, must_exist: bool = False
    ) -> None:
        """Add numbers to the item that `parts` of its key name."""
        self._add(Target(entity, tuple(parts.items()), must_exist), values)

    def _add(self, target: Target, values: Mapping[str, int]) -> None:
        into = self._sums.setdefault(target, {})
        for name, value in values.items():
            into[name] = into.get(name, 0) + value

    def items(self) -> Iterator[tuple[Target, dict[str, int]]]:
        """Return each item with what is added to it."""
        yield from self._sums.items()

    @property
    def targets(self) -> frozenset[str]:
        """The names of the items."""
        return frozenset(target.name for target in self._sums)

    def write(self, unit: Unit) -> None:
        """Put the additions into a unit, one write for each item."""
        for target, values in self._sums.items():
            item = target.entity.at(**dict(target.parts))
            unit.change(item, *additions(target.entity, values), or_create=not target.must_exist)


def additions(entity: type[Entity], values: Mapping[str, int]) -> list[Action]:
    """Return the changes that add numbers to attributes and to entries of maps; entries that stay are left out."""
    actions: list[Action] = []
    for name, value in values.items():
        attribute, _, entry = name.partition(".")
        if not entry:
            actions.append(getattr(entity, attribute).add(value))
        elif value:
            path = Path([getattr(entity, attribute).attr_name, entry])
            actions.append(path.set((path | 0) + value))
    return actions
