"""Reading several items: one query for a slice of a partition, one batch for items named by key."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import BadRequest
from lyceum.kit.table.entity import Entity
from lyceum.kit.table.keys import Index, Template, partition_key

E = TypeVar("E", bound=Entity)
T = TypeVar("T")
_BATCH = 100
_MOST_QUERIES = 3
_SKIP = "skip"
_NAMES_KEPT = 10
_LAST_CHARACTER = "\U0010ffff"


@dataclass
class Slice(Generic[T]):
    """Consecutive items of a partition, and the key to go on from, if there are more."""

    items: list[T]
    last_key: dict[str, Any] | None


def skipping(rows: int) -> dict[str, Any]:
    """Return what `find` and the like take as `after` to leave so many rows out, for pages by number."""
    return {_SKIP: {"S": str(rows)}}


def skipped(after: dict[str, Any] | None) -> int:
    """Return how many rows are to be left out."""
    return int(after[_SKIP]["S"]) if after and _SKIP in after else 0


def cut(rows: Sequence[T], name: Callable[[T], str], *, limit: int, after: dict[str, Any] | None) -> Slice[T]:
    """Take a slice out of a list that is stored as a whole in an order of its own, from the row on that follows.

    `after` names the last row and those before it: when it is gone, the slice follows the nearest one that is there.
    """
    start = skipped(after)
    if after and not start:
        places = {name(row): place for place, row in enumerate(rows)}
        start = next((places[each] + 1 for each in json.loads(after["names"]["S"]) if each in places), 0)
    taken = list(rows[start : start + limit])
    if start + limit >= len(rows):
        return Slice(taken, None)
    seen = [name(row) for row in reversed(rows[max(0, start + limit - _NAMES_KEPT) : start + limit])]
    return Slice(taken, {"names": {"S": json.dumps(seen)}})


def cut_sorted(
    rows: Sequence[T],
    key: Callable[[T], Sequence[Any]],
    *,
    limit: int,
    after: dict[str, Any] | None,
    descending: bool = False,
) -> Slice[T]:
    """Sort rows and take a slice out of them, from the first one on whose key comes after the last one's.

    Keys are sequences of texts and numbers, each of one row alone; so a row that moves makes no other one go or repeat.
    """
    ordered = sorted(rows, key=lambda row: list(key(row)), reverse=descending)
    start = skipped(after)
    if after and not start:
        last = json.loads(after["key"]["S"])
        start = sum(list(key(row)) >= last if descending else list(key(row)) <= last for row in ordered)
    taken = ordered[start : start + limit]
    is_last = start + limit >= len(ordered)
    return Slice(taken, None if is_last else {"key": {"S": json.dumps(list(key(taken[-1])))}})


def find(
    entity: type[E],
    *,
    index: Literal["gsi1", "gsi2"] | None = None,
    limit: int = 100,
    after: dict[str, Any] | None = None,
    from_sort: str | None = None,
    to_sort: str | None = None,
    descending: bool = False,
    where: Condition | None = None,
    consistent: bool = False,
    **parts: Any,
) -> Slice[E]:
    """Read up to `limit` items of one partition, in the order of their sort key.

    `parts` fill the partition's template and as much of the sort key's as they can: the rest of it is a prefix
    search, which `from_sort` and `to_sort` (whole sort keys, inclusive) narrow further. With `where`, items that do not
    match are left out by storage; at most three requests are made, so a slice may be short while `last_key` says go on.
    Raises BadRequest when `after` leads to another partition, such as the cursor of another user's list. For `after`
    made by `skipping`, the rows left out are read as well.
    """
    skip = skipped(after)
    if skip:
        limit, after = limit + skip, None
    keys = _keys(entity, index)
    partition = partition_key(keys.partition, parts)
    begun = (after or {}).get(f"{index.upper() if index else ''}PK")
    if begun is not None and begun["S"] != partition:
        raise BadRequest("This cursor does not belong to this list.")
    condition = _sort_condition(index, Template(keys.sort).prefix(parts), from_sort, to_sort)
    items: list[E] = []
    for _ in range(_MOST_QUERIES):
        answer = entity._get_connection().query(
            partition,
            range_key_condition=condition,
            filter_condition=where,
            index_name=index.upper() if index else None,
            limit=limit - len(items),
            exclusive_start_key=after,
            scan_index_forward=not descending,
            consistent_read=consistent,
        )
        items += [entity.from_raw_data(raw) for raw in answer["Items"]]
        after = answer.get("LastEvaluatedKey")
        if after is None or len(items) >= limit or where is None:
            break
    return Slice(items[skip:], after)


def find_all(entity: type[E], *, index: Literal["gsi1", "gsi2"] | None = None, **parts: Any) -> Iterator[E]:
    """Read a whole partition (or what its sort key begins with), page after page, as it is asked for.

    It is for jobs, not for requests.
    """
    after = None
    while True:
        found = find(entity, index=index, after=after, **parts)
        yield from found.items
        after = found.last_key
        if after is None:
            return


def _keys(entity: type[Entity], index: Literal["gsi1", "gsi2"] | None) -> Any:
    keys = entity.keys if index is None else getattr(entity.keys, index)
    if keys is None:
        raise ValueError(f"{entity.__name__} is not in {index}")
    return keys


def _sort_condition(index: str | None, prefix: str, low: str | None, high: str | None) -> Condition | None:
    sort = {None: Entity.sk, "gsi1": Entity.gsi1sk, "gsi2": Entity.gsi2sk}[index]
    if low is None and high is None:
        return sort.startswith(prefix) if prefix else None
    low = low or prefix
    high = high or (prefix and prefix + _LAST_CHARACTER)
    if low and high:
        return sort.between(low, high)
    return sort >= low if low else sort <= high


def fetch_partition(entity: type[Entity], *, consistent: bool = False, **parts: Any) -> list[Entity]:
    """Read everything of one partition, whatever its kinds, in one request (up to 1 MB)."""
    answer = entity._get_connection().query(partition_key(entity.keys.partition, parts), consistent_read=consistent)
    return [Entity.from_raw_data(raw) for raw in answer["Items"]]


def batch_fetch(items: Sequence[Entity], *, consistent: bool = False) -> list[Entity | None]:
    """Read the items named (by `Entity.at`) in one request for each hundred; None where there is none."""
    found: dict[tuple[str, str], Entity] = {}
    names = list(dict.fromkeys((item.pk, item.sk) for item in items))
    table = Entity._get_connection()
    for start in range(0, len(names), _BATCH):
        keys: list[Any] = [{"PK": {"S": pk}, "SK": {"S": sk}} for pk, sk in names[start : start + _BATCH]]
        while keys:
            request = {table.table_name: {"Keys": keys, "ConsistentRead": consistent}}
            answer = table.connection._make_api_call("BatchGetItem", {"RequestItems": request})
            for raw in answer["Responses"].get(table.table_name, []):
                found[raw["PK"]["S"], raw["SK"]["S"]] = Entity.from_raw_data(raw)
            keys = answer.get("UnprocessedKeys", {}).get(table.table_name, {}).get("Keys", [])
    return [found.get((item.pk, item.sk)) for item in items]


__all__ = [
    "Index", "Slice", "batch_fetch", "cut", "cut_sorted", "fetch_partition", "find", "find_all", "skipped", "skipping",
]  # fmt: skip
