"""Looks through items and says which counters and keys do not say what they must."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lyceum.kit.table import Entity

from functions.compliance.checks.rules import COUNTS, IS_GONE, Count
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
    _stored: dict[tuple[type[Entity], str], Entity] = field(default_factory=dict)
    _wrong_keys: list[Inconsistency] = field(default_factory=list)

    def add(self, items: Iterable[Entity]) -> "Inspection":
        """Look at items."""
        for item in items:
            self.items += 1
            for rule in COUNTS:
                if isinstance(item, rule.of):
                    for name in rule.by(item):
                        self._counted[rule][name] += rule.amount(item)
                if rule.parts and isinstance(item, rule.parts):
                    self._in_parts[rule][str(getattr(item, rule.name))] += int(getattr(item, rule.attribute))
                if isinstance(item, rule.owner):
                    self._stored[rule.owner, str(getattr(item, rule.name))] = item
            self._wrong_keys += _keys(item)
        return self

    def findings(self) -> list[Inconsistency]:
        """Return what is wrong."""
        return [*self._wrong_keys, *self._wrong_counts()]

    def _wrong_counts(self) -> Iterator[Inconsistency]:
        for (kind, name), item in self._stored.items():
            if IS_GONE.get(kind, lambda _item: False)(item):
                continue
            for rule in COUNTS:
                if rule.owner is kind and rule.of in self.complete:
                    expected = self._counted[rule][name]
                    found = int(getattr(item, rule.attribute)) + self._in_parts[rule][name]
                    if expected != found:
                        yield Inconsistency(
                            kind="wrong_count",
                            entity=_name(kind),
                            id=name,
                            field=rule.attribute,
                            expected=str(expected),
                            found=str(found),
                        )


def _keys(item: Entity) -> Iterator[Inconsistency]:
    """Compare the keys of an item with those that its attributes make."""
    if not hasattr(type(item), "keys"):
        return
    names = ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
    stored = {name: getattr(item, name) for name in names}
    copy: Any = type(item)(**{name: value for name, value in item.attribute_values.items() if name not in names})
    copy.fill_keys()
    for name in names:
        if getattr(copy, name) != stored[name]:
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
