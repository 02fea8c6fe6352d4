"""Lets people act second by second, and counts what quotas, keys, locks, queues and workers make of it.

Counts are of people and messages in parts, not of single ones, so an hour of a million people takes seconds. Within a
second all that is asked of a key gets the same share of what the key gives. Two transactions on one item within the
time that each holds it conflict, as at a counter with one clerk and no queue (Erlang's loss formula), and each is tried
as often as the product tries it.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from lyceum.kit.manifest import Function, Queue, Stream
from tests.scale.buckets import Bucket, TableBucket
from tests.scale.limits import Limits
from tests.scale.profiles import TRIES, Label, Load, Profile
from tests.scale.queues import Batch, WorkerQueue

_MOST_SECONDS = 4 * 3600
_FEW = 1e-3
_MANY = 25
_INVERSIONS = 12


@dataclass(frozen=True)
class Wave:
    """So many times a step is taken, evenly over a stretch of time; `is_from_outside` for what comes by the gateway.

    A step that nobody recorded is the name of a message, which comes to its workers' queues.
    """

    step: str
    times: float
    start: int
    seconds: int
    is_from_outside: bool = True


@dataclass
class Outcome:
    """What became of a step that people take."""

    attempts: float = 0
    refused: float = 0
    given_up: float = 0
    done: float = 0

    @property
    def refused_share(self) -> float:
        """The part of the attempts that were refused."""
        return self.refused / self.attempts if self.attempts else 0.0


@dataclass
class Result:
    """What came of a scenario."""

    keys: dict[tuple[Label, int | None], Bucket]
    quotas: dict[str, Bucket]
    tables: dict[str, TableBucket]
    steps: dict[str, Outcome]
    queues: dict[str, WorkerQueue]
    bill: dict[str, float]
    parked: float
    """Messages that the publisher could not send."""
    stream_drained: int
    """Seconds after the last arrival until the table's stream had been read."""
    conflicts: dict[str, float]
    """The greatest part of transactions on an item that were given up."""

    @property
    def dead_letters(self) -> float:
        """Messages that nothing could be done with."""
        return self.parked + sum(queue.dead for queue in self.queues.values())

    @property
    def cost(self) -> float:
        """USD in all."""
        return sum(self.bill.values())


@dataclass
class _Work:
    """What is tried in one second: so many times a profile, in so many calls where batches share something."""

    profile: Profile
    times: float
    calls: float
    is_again: bool = False
    """It was refused before."""
    done: float = 1.0

    def loads(self) -> Iterator[tuple[Load, float]]:
        """Return each request with how often it is made."""
        yield from ((load, self.times) for load in self.profile.loads)
        yield from ((load, self.calls) for load in self.profile.batch_loads)

    def services(self) -> Iterator[tuple[str, float]]:
        """Return each call of another service with how often it is made."""
        yield from ((call, count * self.times) for call, count in self.profile.calls.items())
        yield from ((call, count * self.calls) for call, count in self.profile.batch_calls.items())


@dataclass
class Engine:
    """One run; `caps` and `receives` of queues are those of the product's manifests unless a test says otherwise."""

    profiles: Mapping[str, Profile]
    functions: Sequence[Function]
    limits: Limits
    seed: int = 1
    is_publisher_woken_for_all: bool = False
    _keys: dict[tuple[Label, int | None], Bucket] = field(default_factory=dict)
    _conflicts: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set up keys, quotas and queues."""
        limits = self.limits
        table = limits["table"]
        self._tables = {
            kind: TableBucket(table[f"{kind}_units"], table[f"{kind}_quota"], table["growth_seconds"])
            for kind in ("write", "read")
        }
        self._indexes: dict[str, TableBucket] = {}
        self._quotas = {name: Bucket(rate, rate) for name, rate in limits["services"].items()}
        self._quotas["gateway"] = Bucket(limits["gateway"]["requests"], limits["gateway"]["burst"])
        self._quotas["bus"] = Bucket(limits["bus"]["entries"], limits["bus"]["entries"])
        self._quotas["concurrency"] = Bucket(limits["compute"]["concurrency"], 0)
        rows = {row.name: row for row in self.functions}
        self._queues: dict[str, WorkerQueue] = {}
        self._wanted: dict[str, list[WorkerQueue]] = defaultdict(list)
        for name, profile in self.profiles.items():
            if " < " in name and isinstance(rows[profile.function].trigger, Queue):
                queue = self._queues.setdefault(profile.function, WorkerQueue(rows[profile.function], limits))
                queue.reacts[name.partition(" < ")[2]] = profile
                self._wanted[name.partition(" < ")[2]].append(queue)
        self._memory_gb = {row.name: row.memory_mb / 1024 for row in self.functions}
        self._steps: dict[str, Outcome] = defaultdict(Outcome)
        self._again: dict[int, list[tuple[str, int, float, bool]]] = defaultdict(list)
        self._bill: dict[str, float] = defaultdict(float)
        self._records, self._messages = 0.0, defaultdict[tuple[str, str], float](float)
        self._parked, self._warm = 0.0, 0.0
        self._random = random.Random(self.seed)
        self._shard_batch = next(
            (row.trigger.batch_size for row in self.functions if isinstance(row.trigger, Stream)), 100
        )

    def run(self, waves: Sequence[Wave]) -> Result:
        """Let people come as the waves say, and go on until all is quiet or four hours have passed after the last."""
        last = max(wave.start + wave.seconds for wave in waves)
        stream_drained = 0
        for second in range(last + _MOST_SECONDS):
            self._step(second, waves)
            if self._records > 1:
                stream_drained = max(0, second - last)
            if second > last and self._is_quiet(second):
                break
        for queue in self._queues.values():
            queue.drained = max(0, queue.busy_until - last)
        for name, units in (("writes", "write"), ("reads", "read")):
            self._bill[name] *= self.limits["prices"][f"{units}_unit"]
        return Result(
            self._keys,
            self._quotas,
            {**self._tables, **self._indexes},
            dict(self._steps),
            self._queues,
            dict(self._bill),
            self._parked,
            stream_drained,
            self._conflicts,
        )

    def _is_quiet(self, second: int) -> bool:
        is_waiting = any(queue.is_waiting for queue in self._queues.values())
        return self._records < 1 and not is_waiting and not any(at > second for at in self._again)

    def _step(self, second: int, waves: Sequence[Wave]) -> None:
        came = self._arrivals(second, waves)
        works = [_Work(self.profiles[step], times, times, bool(tries)) for step, tries, times, _ in came]
        batches = self._batches(second, works)
        works += [_Work(batch.profile, batch.messages, batch.calls, bool(batch.kind[1])) for batch in batches]
        self._serve(second, works)
        for (step, tries, times, outside), work in zip(came, works, strict=False):
            done = work.done * work.times / times if times else 1.0
            self._settle(second, step, tries, times, done, is_from_outside=outside)
        for batch, work in zip(batches, works[len(came) :], strict=True):
            batch.queue.settle(second, batch, work.done)
        for work in works:
            self._leave(work)
        self._publish(second)

    def _arrivals(self, second: int, waves: Sequence[Wave]) -> list[tuple[str, int, float, bool]]:
        """Return who acts in a second, as (step, earlier tries, times, by the gateway), as far as the gateway lets."""
        came = [
            (wave.step, 0, self._around(wave.times / wave.seconds), wave.is_from_outside)
            for wave in waves
            if wave.start <= second < wave.start + wave.seconds and wave.step in self.profiles
        ]
        for wave in waves:
            if wave.step not in self.profiles and wave.start <= second < wave.start + wave.seconds:
                for queue in self._wanted[wave.step]:
                    self._put(queue, wave.step, wave.times / wave.seconds)
        came += self._again.pop(second, [])
        asked = sum(times for *_, times, outside in came if outside)
        share = self._quotas["gateway"].take(asked, second)
        admitted = []
        for step, tries, times, outside in came:
            self._steps[step].attempts += times
            let_in = times * share if outside else times
            self._refuse(second, step, tries, times - let_in, is_from_outside=outside)
            admitted.append((step, tries, let_in, outside))
            if outside:
                self._bill["gateway"] += times * self.limits["prices"]["request"]
        return admitted

    def _around(self, mean: float) -> float:
        """Return a number of arrivals with this mean and as much spread as independent arrivals have.

        Few are taken as their mean, since a normal distribution would have to be cut off at none.
        """
        return max(0.0, self._random.gauss(mean, mean**0.5)) if mean > _MANY else mean

    def _batches(self, second: int, works: Sequence[_Work]) -> list[Batch]:
        """Let pollers take messages; what the account has no room for is refused, and counts as received."""
        compute = self.limits["compute"]
        for_people = sum(work.times * self._seconds(work.profile, 1) for work in works)
        wanted = {name: queue.wanted_calls(second, self._seconds) for name, queue in self._queues.items()}
        asked = for_people + sum(wanted.values())
        self._quotas["concurrency"].take(asked, second)
        room = min(compute["concurrency"], self._warm + compute["more_in_ten_seconds"] / 10 * (len(self._queues) + 3))
        self._warm = min(max(asked, self._warm * 0.99), room)
        share = min(1.0, max(0.0, room - for_people) / max(_FEW, sum(wanted.values())))
        found = []
        for name, queue in self._queues.items():
            found += queue.take(second, wanted[name], share, self._seconds)
        people_share = min(1.0, room / max(_FEW, for_people))
        for work in works:
            work.times, work.calls = work.times * people_share, work.calls * people_share
        return found

    def _seconds(self, profile: Profile, messages: float) -> float:
        """Return how long a call takes that works through so many messages."""
        compute = self.limits["compute"]

        def taken(loads: Sequence[Load]) -> float:
            kinds = {"TransactWriteItems": "transaction", "GetItem": "read", "BatchGetItem": "read", "Query": "read"}
            asked = [kinds.get(load.operation, "write") for load in loads if load.operation]
            return float(sum(compute[f"seconds_a_{kind}"] for kind in asked))

        def called(services: Mapping[str, float]) -> float:
            return float(sum(services.values()) * compute["seconds_a_service_call"])

        once = float(compute["seconds_a_call"]) + taken(profile.batch_loads) + called(profile.batch_calls)
        return once + messages * (taken(profile.loads) + called(profile.calls))

    def _serve(self, second: int, works: Sequence[_Work]) -> None:
        """Ask storage and services for all that is tried, and note for each which part of it was done."""
        keys: dict[tuple[Label, int | None], list[float]] = {}
        tables: dict[str, float] = defaultdict(float)
        services: dict[str, float] = defaultdict(float)
        held: dict[str, float] = defaultdict(float)
        weight = self.limits["key"]["write_units"] / self.limits["key"]["read_units"]
        for work in works:
            for load, times in work.loads():
                tables["write"] += load.writes * times
                tables["read"] += load.reads * times
                for index, entries in load.index_writes.items():
                    tables[index] += entries * times
                for label, (written, read) in load.shared.items():
                    units = (written + read * weight) * times / label.spread
                    asked = keys.setdefault(self._place(label, second), [0.0, 0.0])
                    asked[0] += units
                    asked[1] += 0 if work.is_again else units
                for item in load.held:
                    held[item] += times / load.spreads.get(item, 1)
            for call, times in work.services():
                services[call] += times
        shares = {place: self._ask_key(place, asked, second) for place, asked in keys.items()}
        table_share = {name: self._table(name).take(asked, second) for name, asked in tables.items()}
        service_share = {
            name: self._quotas[name].take(asked, second) for name, asked in services.items() if name in self._quotas
        }
        free = {item: self._free(times) for item, times in held.items()}
        for work in works:
            work.done = self._done(work, second, shares, table_share, service_share, free)
            self._charge(work)

    @staticmethod
    def _place(label: Label, second: int) -> tuple[Label, int | None]:
        return label, None if label.minute is None else second // 60 + label.minute

    def _ask_key(self, place: tuple[Label, int | None], asked: Sequence[float], second: int) -> float:
        """Ask one partition for units, of which a read is a third of a write; the second number is asked anew."""
        limits = self.limits["key"]
        if place not in self._keys:
            rate, saved = limits["write_units"], limits["write_units"] * limits["burst_seconds"]
            self._keys[place] = Bucket(rate, saved, limits["split_after_seconds"] if place[0].is_splittable else 0)
        return self._keys[place].take(asked[0], second, asked[1])

    def _table(self, name: str) -> TableBucket:
        if name in self._tables:
            return self._tables[name]
        if name not in self._indexes:
            table = self.limits["table"]
            self._indexes[name] = TableBucket(table["write_units"], table["write_quota"], table["growth_seconds"])
        return self._indexes[name]

    def _free(self, times: float) -> float:
        """Return the chance that nobody else holds an item on which so many transactions a second are tried."""
        lock, busy = self.limits["transaction"]["lock_seconds"], 0.0
        for _ in range(_INVERSIONS):
            tried = times * lock * sum(busy**again for again in range(TRIES))
            busy = (busy + tried / (1 + tried)) / 2
        return 1 - busy

    def _done(
        self,
        work: _Work,
        second: int,
        shares: Mapping[tuple[Label, int | None], float],
        tables: Mapping[str, float],
        services: Mapping[str, float],
        free: Mapping[str, float],
    ) -> float:
        """Return the part of a work that succeeds: each of its requests gets what its scarcest key gives."""
        done = min((services.get(call, 1.0) for call, _ in work.services()), default=1.0)
        for load, times in work.loads():
            given = [shares[self._place(label, second)] for label in load.shared]
            given += [tables["write"]] if load.writes else []
            given += [tables["read"]] if load.reads else []
            given += [tables[index] for index, units in load.index_writes.items() if units]
            done *= min(given, default=1.0)
            chance = 1.0
            for item in (*load.held, *load.struck):
                chance *= free.get(item, 1.0)
            lost = (1 - chance) ** load.tries
            if lost > _FEW and times > _FEW:
                for item in load.held:
                    self._conflicts[item] = max(self._conflicts.get(item, 0.0), lost)
            done *= 1 - lost
        return done

    def _charge(self, work: _Work) -> None:
        prices = self.limits["prices"]
        share = work.done
        for load, times in work.loads():
            self._bill["writes"] += (load.writes + sum(load.index_writes.values())) * times * share
            self._bill["reads"] += load.reads * times * share
        seconds = work.times * self._seconds(work.profile, 1)
        if work.calls and work.calls < work.times:
            seconds = work.calls * self._seconds(work.profile, work.times / work.calls)
        memory = self._memory_gb.get(work.profile.function, 0.5)
        self._bill["lambda"] += seconds * memory * prices["lambda_gb_second"] + work.calls * prices["lambda_request"]
        self._bill["logs"] += work.calls * prices["log_bytes_a_call"] * prices["log_gb"] / 1e9
        for call, times in work.services():
            self._bill[call] += times * share * prices.get(call, 0)
        if " < " in work.profile.name:
            self._bill["queues"] += 2 * work.calls * prices["queue_request"]

    def _settle(self, second: int, step: str, tries: int, times: float, done: float, *, is_from_outside: bool) -> None:
        self._steps[step].done += times * done
        self._refuse(second, step, tries, times * (1 - done), is_from_outside=is_from_outside)

    def _refuse(self, second: int, step: str, tries: int, times: float, *, is_from_outside: bool) -> None:
        if times < _FEW:
            return
        waits = self.limits["client"]["comes_again_seconds"]
        self._steps[step].refused += times
        if tries < len(waits):
            self._again[second + waits[tries]].append((step, tries + 1, times, is_from_outside))
        else:
            self._steps[step].given_up += times

    def _leave(self, work: _Work) -> None:
        """Let the stream tell of what was written, with the messages in it."""
        done = work.times * work.done
        profile = work.profile
        self._records += done * (profile.records if self.is_publisher_woken_for_all else profile.records_with_messages)
        for message, count in profile.sent.items():
            self._messages[message] += done * count
        for message, count in profile.batch_sent.items():
            self._messages[message] += work.calls * work.done * count

    def _publish(self, second: int) -> None:
        """Read the stream, a batch of each shard at a time, and send what stands in it on its way."""
        if self._records < _FEW:
            return
        stream, bus = self.limits["stream"], self.limits["bus"]
        shards = max(4.0, self._tables["write"].warm / stream["units_a_shard"])
        waiting = sum(self._messages.values())
        a_batch = min(self._shard_batch, max(1.0, self._records / shards))
        calls = a_batch * waiting / self._records / bus["a_call"] + len(self._messages) * 0.5
        able = shards * a_batch / (stream["seconds_a_batch"] + calls * stream["seconds_a_call"])
        share = min(1.0, able / self._records)
        moved = {message: count * share for message, count in self._messages.items()}
        invocations = self._records * share / a_batch
        self._bill["lambda"] += invocations * self.limits["prices"]["lambda_request"]
        self._records *= 1 - share
        facts = sum(count for (_, worker), count in moved.items() if not worker)
        taken = self._quotas["bus"].take(facts, second)
        self._bill["bus"] += facts * self.limits["prices"]["bus_event"]
        for (name, worker), count in moved.items():
            self._messages[name, worker] -= count
            if self._messages[name, worker] < _FEW:
                del self._messages[name, worker]
            self._parked += 0 if worker else count * (1 - taken)
            for queue in self._wanted.get(name, ()):
                if not worker:
                    self._put(queue, name, count * taken)
                elif queue.name == worker:
                    full = ceil(count / max(invocations, _FEW) / self.limits["queue"]["a_call"])
                    self._put(queue, name, count, min(count, invocations * full))

    def _put(self, queue: WorkerQueue, message: str, count: float, requests: float | None = None) -> None:
        """Put messages into a queue: one by one as the bus does, or in so many requests."""
        queue.arrive(message, count)
        sent = count if requests is None else requests
        self._bill["queues"] += sent * self.limits["prices"]["queue_request"]
