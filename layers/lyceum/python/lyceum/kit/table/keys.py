"""Key templates: how an entity's attributes become its keys."""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.frozen import frozen

_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")


class MissingKeyPart(ValueError):
    """A key was asked for without one of the values that its template names."""


@frozen
class Template:
    """A key with named gaps, such as `QUESTION#{question_id}` or `REV#{revision:06d}`."""

    text: str

    @property
    def names(self) -> list[str]:
        """The attributes that the template is made of, in order."""
        return [match.group(1) for match in _PART.finditer(self.text)]

    @property
    def family(self) -> str:
        """The key family: what stands before the first `#`."""
        return self.text.split("#", 1)[0]

    def fill(self, values: Mapping[str, Any]) -> str:
        """Write the key from `values`; raises MissingKeyPart when one of them is absent or None."""

        def part(match: re.Match[str]) -> str:
            value = values.get(match.group(1))
            if value is None:
                raise MissingKeyPart(f"{self.text}: {match.group(1)} is missing")
            if isinstance(value, datetime):
                return clock.iso(value)
            return format(value, match.group(2) or "")

        return _PART.sub(part, self.text)

    def prefix(self, values: Mapping[str, Any]) -> str:
        """Write as much of the key as `values` allow, up to the first gap they leave."""
        for match in _PART.finditer(self.text):
            if values.get(match.group(1)) is None:
                return Template(self.text[: match.start()]).fill(values)
        return self.fill(values)


@frozen
class Index:
    """A sparse secondary key: present only while its parts are set and the attributes equal `when`."""

    partition: str
    sort: str
    when: Mapping[str, Any] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The key family that its partitions belong to."""
        return Template(self.partition).family

    def fill(self, values: Mapping[str, Any]) -> tuple[str, str] | None:
        """Write both keys, or None when the entity does not belong in the index."""
        if any(values.get(name) != wanted for name, wanted in self.when.items()):
            return None
        try:
            return partition_key(self.partition, values), Template(self.sort).fill(values)
        except MissingKeyPart:
            return None


@frozen
class Keys:
    """The keys of an entity: its place in the table and, if any, in the two indexes."""

    partition: str
    sort: str
    gsi1: Index | None = None
    gsi2: Index | None = None

    @property
    def family(self) -> str:
        """The key family of the item itself; those of its indexes are named apart."""
        return Template(self.partition).family

    @property
    def families(self) -> set[str]:
        """Every key family that items of the entity appear under."""
        return {self.family, *(index.family for index in (self.gsi1, self.gsi2) if index)}


def partition_key(template: str, values: Mapping[str, Any]) -> str:
    """Write a partition key of the current tenant; no caller can name another's."""
    return f"{context.tenant()}|{Template(template).fill(values)}"
