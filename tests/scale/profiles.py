"""From steps that single people took to what any number of them would do: ids are replaced by the roles that they play.

- A partition that only one person touched is that person's own: a million people have a million of them.
- A partition that several touched is shared, and takes what all of them do to it.
- A partition named after a minute is of the people whose minute it is: it is kept as a distance from the step's time.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit.consumers import aggregator
from tests.scale.recording import Recorder, Request, Step, Touch

_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_SHARD = re.compile(r"(?<=.)[.#]\d{1,3}$")
"""How the name of a partition ends that the product spreads over several."""
_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
EVERYBODY = "everybody"
"""Who acts for many: what is touched then is not shared for it."""
UNCOUNTED = "("
"""How the name of a step begins that only prepares others."""
_LEAST_IN_ORDER = 3
"""How many new items show whether a partition grows at its end, in the order of its sort keys, or anywhere."""
TRIES = 3
"""How often the product's connection tries a request that is refused for the moment."""
_MANY = 16
"""More items than this in one partition, changed and not added, can be divided among several."""
_CACHED = frozenset({"CONFIG", "REVOKED"})
"""Families that a process reads now and then and keeps, whatever it serves."""


@dataclass(frozen=True)
class Label:
    """A partition that many share, without the ids of this recording.

    Attributes:
        name: The key family and, for those of which there are several, a number: `ITEM#3`.
        index: The index that it is a partition of, empty for the table.
        minute: Minutes between the step and the minute that it is named after, None for one of no minute.
        is_splittable: Storage may divide it when it is hot: its sort keys are several and not in the order of time.
        spread: Over how many partitions the product spreads what it takes.
    """

    name: str
    index: str = ""
    minute: int | None = None
    is_splittable: bool = False
    spread: int = 1

    @property
    def family(self) -> str:
        """The key family, with the index where it is one's."""
        name = self.name.partition(" ")[0]
        return f"{name} ({self.index})" if self.index else name


@dataclass
class Load:
    """What one request asks of storage, on average over its recordings."""

    operation: str
    shared: dict[Label, tuple[float, float]] = field(default_factory=dict)
    """Units written and read of each shared partition."""
    writes: float = 0
    reads: float = 0
    index_writes: dict[str, float] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    """Shared items that its transaction holds, one for each family: those of a family are held together."""
    struck: tuple[str, ...] = ()
    """Shared items that it writes without a transaction, and which others' transactions may hold."""
    tries: int = TRIES
    """How often it is tried when others hold its items."""
    spreads: dict[str, int] = field(default_factory=dict)
    """Of how many items each of these stands for one, where the product has parts of something."""

    def scaled(self, share: float) -> "Load":
        """Return the load of a part of it, such as what falls to one message of a batch."""
        return Load(
            self.operation,
            {label: (w * share, r * share) for label, (w, r) in self.shared.items()},
            self.writes * share,
            self.reads * share,
            {index: units * share for index, units in self.index_writes.items()},
            self.held,
            self.struck,
            self.tries,
            self.spreads,
        )


@dataclass
class Profile:
    """What one step does, whoever takes it; of a worker, one message.

    Attributes:
        batch_loads: Of a worker that folds, what one batch does to shared partitions, however many messages it has.
        sent: How many messages of each name and worker leave with it; `batch_sent` with a batch, however large.
        calls: Calls of other services; `batch_calls` those of a batch.
    """

    name: str
    function: str
    loads: list[Load] = field(default_factory=list)
    batch_loads: list[Load] = field(default_factory=list)
    sent: dict[tuple[str, str], float] = field(default_factory=dict)
    batch_sent: dict[tuple[str, str], float] = field(default_factory=dict)
    calls: dict[str, float] = field(default_factory=dict)
    batch_calls: dict[str, float] = field(default_factory=dict)
    records: float = 0
    records_with_messages: float = 0

    @property
    def write_units(self) -> float:
        """Units that it writes in all, to the table and to the indexes."""
        return sum(load.writes + sum(load.index_writes.values()) for load in (*self.loads, *self.batch_loads))

    @property
    def read_units(self) -> float:
        """Units that it reads in all."""
        return sum(load.reads for load in (*self.loads, *self.batch_loads))


class Roles:
    """Which partitions of a recording are shared, and what they are called."""

    def __init__(self, steps: Iterable[Step], shards: Mapping[str, int] | None = None) -> None:
        self._shards = shards or {}
        self._actors: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._sorts: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._all_sorts: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._item_actors: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._numbers: dict[str, dict[str, int]] = defaultdict(dict)
        for step in (step for step in steps if step.units == 1 and step.actor != EVERYBODY):
            for touch in (touch for request in step.requests for touch in request.touches):
                place = touch.index, _whole(touch.partition)
                self._actors[place].add(step.actor)
                if not touch.index:
                    self._item_actors[touch.partition, self.whole_sort(touch.sort)].add(step.actor)
                self._all_sorts[place].add(touch.sort)
                if touch.is_new:
                    self._sorts[place].append(touch.sort)

    def label(self, touch: Touch, at: datetime) -> Label | None:
        """Return what a partition is called, None for one that is somebody's own."""
        name = _whole(touch.partition).partition("|")[2]
        minutes = _MINUTE.findall(name)
        is_shared = len(self._actors[touch.index, _whole(touch.partition)]) > 1
        if not is_shared and not minutes:
            return None
        family = name.partition("#")[0]
        spread = self._shards.get(family, 1)
        if not is_shared:
            distance = datetime.fromisoformat(f"{minutes[0]}:00+00:00") - at.replace(second=0, microsecond=0)
            return Label(family, touch.index, round(distance / timedelta(minutes=1)), spread=spread)
        return Label(self.shared_name(name), touch.index, None, self._is_splittable(touch), spread)

    def is_shared(self, partition: str, sort: str) -> bool:
        """Tell whether several people touched an item of the table."""
        return len(self._item_actors[partition, self.whole_sort(sort)]) > 1

    def whole_sort(self, sort: str) -> str:
        """Return a sort key without the number of its part, where the product has parts of it."""
        return _whole(sort) if self.spread_of(sort) > 1 else sort

    def spread_of(self, sort: str) -> int:
        """Return of how many items one stands for."""
        family = _ID.sub("*", _whole(sort)).partition("#")[0]
        return self._shards.get(family, 1) if _SHARD.search(sort) else 1

    def shared_name(self, name: str) -> str:
        """Return the name of a shared partition without its ids."""
        family = name.partition("#")[0]
        known = self._numbers[family]
        plain = _ID.sub("*", name)
        number = known.setdefault(name, len(known) + 1)
        return f"{plain} {number}" if plain != name else name.replace(" ", "_")

    def _is_splittable(self, touch: Touch) -> bool:
        place = touch.index, _whole(touch.partition)
        sorts = self._sorts[place]
        in_order = sorts == sorted(sorts) and len(set(sorts)) == len(sorts)
        return (len(sorts) >= _LEAST_IN_ORDER and not in_order) or len(self._all_sorts[place]) > _MANY


def _whole(partition: str) -> str:
    """Return a partition's name without the number of its shard."""
    return _SHARD.sub("", partition)


def learn(recorder: Recorder, shards: Mapping[str, int] | None = None) -> dict[str, Profile]:
    """Return what each kind of step does, by its name; `shards` says over how many partitions families are spread."""
    roles = Roles(recorder.steps, shards)
    kinds: dict[str, list[Step]] = defaultdict(list)
    for step in recorder.steps:
        if not step.name.startswith(UNCOUNTED):
            kinds[step.name].append(step)
    return {name: _profile(name, steps, roles) for name, steps in kinds.items()}


def _profile(name: str, steps: Sequence[Step], roles: Roles) -> Profile:
    """Average the recordings of one kind; of a worker, compare calls of one message with those of several."""
    single = [step for step in steps if step.units == 1]
    several = [step for step in steps if step.units > 1]
    basis = single or several
    total = sum(step.units for step in basis)
    profile = Profile(name, basis[0].function)
    for step in basis:
        for message in step.sent:
            place = message.name, message.worker
            profile.sent[place] = profile.sent.get(place, 0) + 1 / total
        for call, count in step.calls.items():
            profile.calls[call] = profile.calls.get(call, 0) + count / total
    profile.records = sum(request.records for step in basis for request in step.requests) / total
    profile.records_with_messages = (
        sum(request.records_with_messages for step in basis for request in step.requests) / total
    )
    profile.loads = _average(basis, roles)
    if several and single and _folds(single, several, roles):
        is_asked_once = _requests_a_call(several) <= _requests_a_call(single) + 1
        profile.loads, profile.batch_loads = _apart(profile.loads, is_asked_once=is_asked_once)
        _part_sent(profile, several)
    return profile


def _part_sent(profile: Profile, several: Sequence[Step]) -> None:
    """Part what is sent and called for each message from what is once for a batch, as that a counter has changed."""
    sent = Counter((message.name, message.worker) for step in several for message in step.sent)
    for message in [message for message in profile.sent if 0 < sent[message] <= len(several)]:
        profile.batch_sent[message] = profile.sent.pop(message)
    calls = Counter[str]()
    for step in several:
        calls += step.calls
    for call in [call for call in profile.calls if 0 < calls[call] <= len(several)]:
        profile.batch_calls[call] = profile.calls.pop(call)


def _folds(single: Sequence[Step], several: Sequence[Step], roles: Roles) -> bool:
    """Tell whether a call with several messages writes to what is shared no more than one with one message does."""

    def shared_writes(steps: Sequence[Step]) -> float:
        written = [key for step in steps for request in step.requests for key in request.written]
        return sum(roles.is_shared(*key) for key in written) / len(steps)

    alone, together = shared_writes(single), shared_writes(several)
    messages = sum(step.units for step in several) / len(several)
    return alone > 0 and together < (alone + alone * messages) / 2


def _requests_a_call(steps: Sequence[Step]) -> float:
    return sum(len(step.requests) for step in steps) / len(steps)


def _apart(loads: Sequence[Load], *, is_asked_once: bool) -> tuple[list[Load], list[Load]]:
    """Part what is done for each message from what is done once for a batch.

    A message of a large batch takes the time of the plain write that claims it; what it reads is asked for together
    with what the others read, where a batch makes no more requests than a single message does.
    """
    own, together = [], []
    for load in loads:
        writes = sum(w for label, (w, _) in load.shared.items() if not label.index)
        reads = sum(r for _, r in load.shared.values())
        index_writes = {
            index: sum(w for label, (w, _) in load.shared.items() if label.index == index)
            for index in load.index_writes
        }
        fixed = load.held, load.struck, aggregator.TRIES, load.spreads
        together.append(Load(load.operation, load.shared, writes, reads, index_writes, *fixed))
        rest = {index: load.index_writes[index] - units for index, units in index_writes.items()}
        claim = "PutItem" if load.operation == "TransactWriteItems" else "" if is_asked_once else load.operation
        own.append(Load(claim, {}, load.writes - writes, load.reads - reads, rest))
    return own, together


def _average(steps: Sequence[Step], roles: Roles) -> list[Load]:
    """Average the requests of several recordings, the first with the first and so on."""
    total = sum(step.units for step in steps)
    loads: list[Load] = []
    asked = [(step, [request for request in step.requests if not _is_cached(request)]) for step in steps]
    for number in range(max(len(requests) for _, requests in asked)):
        load = Load("")
        for step, requests in ((step, requests) for step, requests in asked if number < len(requests)):
            _add(load, requests[number], step.at, roles, 1 / total)
        loads.append(load)
    return loads


def _is_cached(request: Request) -> bool:
    families = {touch.partition.partition("|")[2].partition("#")[0] for touch in request.touches}
    return not request.written and bool(families) and families <= _CACHED


def _add(load: Load, request: Request, at: datetime, roles: Roles, share: float) -> None:
    load.operation = request.operation
    for touch in request.touches:
        label = roles.label(touch, at)
        if label is not None:
            written, read = load.shared.get(label, (0.0, 0.0))
            load.shared[label] = written + touch.write_units * share, read + touch.read_units * share
        load.reads += touch.read_units * share
        if touch.index:
            load.index_writes[touch.index] = load.index_writes.get(touch.index, 0) + touch.write_units * share
        else:
            load.writes += touch.write_units * share
    spreads = _representatives(request.locked or request.written, roles)
    load.spreads = load.spreads or spreads
    if request.locked:
        load.held = load.held or tuple(spreads)
    else:
        load.struck = load.struck or tuple(spreads)


def _representatives(keys: Sequence[tuple[str, str]], roles: Roles) -> dict[str, int]:
    """Return one shared item for each family, and of how many it is one: a family's are written together.

    So are those of the days of one partition: whoever holds one of them holds the others.
    """
    found: dict[str, tuple[str, int]] = {}
    for partition, sort in sorted(keys):
        if roles.is_shared(partition, sort):
            name = roles.shared_name(partition.partition("|")[2])
            item = roles.shared_name(f"{name}/{roles.whole_sort(sort)}")
            family = name.partition("#")[0] + _DAY.sub("", sort.partition("#")[0])
            found.setdefault(family, (item, roles.spread_of(sort)))
    return dict(found.values())


def alike(profiles: Iterable[Profile]) -> dict[Label, int]:
    """Leave of shared partitions that are used in the same way one, and return how many each stands for."""
    profiles = list(profiles)
    used: dict[Label, list[Any]] = defaultdict(list)
    for load, place in _each_load(profiles):
        for label, (written, read) in load.shared.items():
            used[label].append((place, round(written, 1), round(read, 1)))
    groups: dict[Any, list[Label]] = defaultdict(list)
    for label, uses in used.items():
        groups[label.family, label.minute, label.is_splittable, tuple(uses)].append(label)
    counts = {labels[0]: len(labels) for labels in groups.values()}
    for load, _ in _each_load(profiles):
        load.shared = {label: units for label, units in load.shared.items() if label in counts}
    return counts


def _each_load(profiles: Sequence[Profile]) -> Iterable[tuple[Load, Any]]:
    for profile in profiles:
        for kind, loads in (("each", profile.loads), ("batch", profile.batch_loads)):
            for number, load in enumerate(loads):
                yield load, (profile.name, kind, number)
