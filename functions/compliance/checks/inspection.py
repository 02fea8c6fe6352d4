"""Looks through items and says which counters, guards and keys do not say what they must."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lyceum.kit.table import Entity

from functions.compliance.checks.rules import COUNTS, GUARDS, IS_GONE, Count, Guard
from functions.compliance.checks.schemas import Inconsistency


@dataclass
class Inspection:
    """Takes items in any order, each once; `findings` then says what is wrong.

    Attributes:
        complete: Kinds of which every item that counts was handed in; counters of other kinds are left alone.
    """

    complete: Collection[type[Entity]]
    items: int = 0
    _counted: dict[Count, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _in_parts: dict[Count, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _stored: dict[Count, dict[str, Entity]] = field(default_factory=lambda: defaultdict(dict))
    _wanted: dict[Guard, dict[str, Entity]] = field(default_factory=lambda: defaultdict(dict))
    _guards: dict[Guard, set[str]] = field(default_factory=lambda: defaultdict(set))
    _wrong_keys: list[Inconsistency] = field(default_factory=list)

    def add(self, items: Iterable[Entity]) -> "Inspection":
        """Look at items."""
        for item in items:
            self.items += 1
            for rule in COUNTS:
                self._take(rule, item)
            for guard in GUARDS:
                if isinstance(item, guard.owner) and not _is_gone(item):
                    self._wanted[guard] |= dict.fromkeys(guard.wanted(item), item)
                if isinstance(item, guard.of):
                    self._guards[guard].add(guard.name(item))
            self._wrong_keys += _keys(item)
        return self

    def _take(self, rule: Count, item: Entity) -> None:
        if isinstance(item, rule.of):
            for name, amount in rule.adds(item):
                self._counted[rule][name] += amount
        if rule.parts and isinstance(item, rule.parts):
            self._in_parts[rule][rule.name(item)] += int(getattr(item, rule.attribute))
        if isinstance(item, rule.owner) and not _is_gone(item):
            self._stored[rule][rule.name(item)] = item

    def findings(self) -> list[Inconsistency]:
        """Return what is wrong."""
        return [*self._wrong_keys, *self._wrong_counts(), *self._missing_guards()]

    def _wrong_counts(self) -> Iterator[Inconsistency]:
        for rule in COUNTS:
            if rule.of not in self.complete:
                continue
            for name, item in self._stored[rule].items():
                expected = self._counted[rule][name]
                found = int(getattr(item, rule.attribute)) + self._in_parts[rule][name]
                if found < expected or (found > expected and not rule.is_floor):
                    yield Inconsistency(
                        kind="wrong_count",
                        entity=_name(rule.owner),
                        id=name,
                        field=rule.attribute,
                        expected=str(expected),
                        found=str(found),
                    )

    def _missing_guards(self) -> Iterator[Inconsistency]:
        for guard in GUARDS:
            if guard.of not in self.complete:
                continue
            for name in sorted(self._wanted[guard].keys() - self._guards[guard]):
                item: Any = self._wanted[guard][name]
                yield Inconsistency(
                    kind="missing_guard",
                    entity=_name(guard.owner),
                    id=f"{item.pk.partition('|')[2]} {item.sk}",
                    field=_name(guard.of),
                    expected=name,
                    found="",
                )


def _is_gone(item: Entity) -> bool:
    return IS_GONE.get(type(item), lambda _item: False)(item)


def _keys(item: Entity) -> Iterator[Inconsistency]:
    """Compare the keys of an item with those that its attributes make; what is being removed stands in no index."""
    if not hasattr(type(item), "keys"):
        return
    names = ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
    stored = {name: getattr(item, name) for name in names}
    copy: Any = type(item)(**{name: value for name, value in item.attribute_values.items() if name not in names})
    copy.fill_keys()
    for name in names:
        if getattr(copy, name) != stored[name] and not (stored[name] is None and _is_gone(item)):
            yield Inconsistency(
                kind="wrong_key",
                entity=_name(type(item)),
                id=f"{stored['pk'].partition('|')[2]} {stored['sk']}",
                field=name.upper(),
                expected=str(getattr(copy, name) or "").partition("|")[2] or str(getattr(copy, name) or ""),
                found=str(stored[name] or "").partition("|")[2] or str(stored[name] or ""),
            )


def _name(kind: type[Entity]) -> str:
    return str(Entity.kind.get_discriminator(kind))
