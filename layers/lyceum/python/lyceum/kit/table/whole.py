"""Reading all there is of a partition, for an answer that is made of the whole."""

from typing import Any, Literal, TypeVar

from lyceum.kit.errors import rule_violation
from lyceum.kit.table.entity import Entity
from lyceum.kit.table.reading import find

E = TypeVar("E", bound=Entity)
MOST_WHOLE = 10_000
"""Items that one answer is made of, at most: some megabytes, a request each, and seconds to read."""


def find_whole(
    entity: type[E], *, most: int = MOST_WHOLE, index: Literal["gsi1", "gsi2"] | None = None, **parts: Any
) -> list[E]:
    """Read all that `find` would, page after page, for an answer that is made of the whole.

    Raises RuleViolation (TOO_MANY_ROWS) for more than `most` items, so that nothing is left out without a word.
    """
    items: list[E] = []
    after = None
    while True:
        found = find(entity, index=index, limit=most + 1, after=after, **parts)
        items += found.items
        after = found.last_key
        if len(items) > most:
            raise rule_violation("TOO_MANY_ROWS", f"This is made of more than {most} rows: ask for less.")
        if after is None:
            return items
