"""A worker's queue: pollers that grow in number, messages that come again when they fail, and dead letters."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from lyceum.kit.manifest import Function, Queue
from tests.scale.limits import Limits
from tests.scale.profiles import Profile

RECEIVES = 3
"""How often a message is tried before it is a dead letter."""
_TIMEOUTS = 6
_FEW = 1e-3
Seconds = Callable[[Profile, float], float]
Kind = tuple[str, int]
"""A message's name, and how often it was received before."""


@dataclass
class Batch:
    """What a worker tries in one second of one kind of messages."""

    queue: "WorkerQueue"
    profile: Profile
    kind: Kind
    messages: float
    calls: float


@dataclass
class WorkerQueue:
    """One queue with its pollers.

    Attributes:
        reacts: What the worker does with a message, by the message's name.
        cap: Most calls at once, None for as many as it takes.
        pace: Most messages a second, where its workers leave their share of a second between two.
        drained: Seconds after the last arrival until it had nothing to do any more.
    """

    row: Function
    limits: Limits
    reacts: dict[str, Profile] = field(default_factory=dict)
    dead: float = 0
    done: float = 0
    most_waiting: float = 0
    busy_until: int = 0
    drained: int = 0
    _waiting: dict[Kind, float] = field(default_factory=lambda: defaultdict(float))
    _returning: dict[int, dict[Kind, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))

    def __post_init__(self) -> None:
        """Begin with the pollers that a queue has at first."""
        assert isinstance(self.row.trigger, Queue)
        self.batch_size = self.row.trigger.batch_size
        self.window_seconds = self.row.trigger.window_seconds
        self.cap = self.row.trigger.most_calls(self.limits["stage"]["mails_per_second"])
        self.pace = self.limits["stage"]["mails_per_second"] if self.row.trigger.a_call_sends else None
        self.visibility_seconds = _TIMEOUTS * self.row.timeout_seconds + self.window_seconds
        self._pollers: float = self.limits["queue"]["pollers_at_first"]

    @property
    def name(self) -> str:
        """The worker's short name."""
        return self.row.name

    @property
    def waiting(self) -> float:
        """Messages that may be taken now."""
        return sum(self._waiting.values())

    @property
    def is_waiting(self) -> bool:
        """Whether there is anything to do, now or later."""
        return self.waiting > 1 or any(sum(kinds.values()) > 1 for kinds in self._returning.values())

    def arrive(self, message: str, count: float) -> None:
        """Put messages in."""
        self._waiting[message, 0] += count
        self.most_waiting = max(self.most_waiting, self.waiting)

    def _fill(self) -> float:
        """Return how many messages a batch has: the more wait, the fuller it is."""
        return min(float(self.batch_size), max(1.0, self.waiting / self._at_once()))

    def _at_once(self) -> float:
        most = min(self._pollers, self.cap or self._pollers)
        return max(1.0, min(most, self.waiting / self.batch_size) if self.window_seconds else most)

    def _seconds_a_call(self, seconds: Seconds, filled: float) -> float:
        """Return how long a call takes, on average over what waits."""
        total = max(_FEW, self.waiting)
        return sum(count * seconds(self.reacts[name], filled) for (name, _), count in self._waiting.items()) / total

    def wanted_calls(self, second: int, seconds: Seconds) -> float:
        """Return how many calls at once it would make in this second; pollers grow while messages wait."""
        for kind, count in self._returning.pop(second, {}).items():
            self._waiting[kind] += count
        if self.waiting < _FEW:
            self._pollers = max(self.limits["queue"]["pollers_at_first"], self._pollers * 0.9)
            return 0.0
        limits = self.limits["queue"]
        filled = self._fill()
        needed = self.waiting / filled * self._seconds_a_call(seconds, filled)
        if needed > self._pollers:
            most = min(limits["most_pollers"], self.cap or limits["most_pollers"])
            self._pollers = min(most, self._pollers + limits["pollers_a_minute"] / 60)
        return min(needed, self._pollers, self.cap or self._pollers)

    def take(self, second: int, wanted: float, share: float, seconds: Seconds) -> list[Batch]:
        """Take messages with as many calls as there is room for; messages of calls without room come again later."""
        waiting = self.waiting
        if waiting < _FEW or wanted <= 0:
            return []
        self.busy_until = second
        filled = self._fill()
        messages = min(waiting, wanted * filled / self._seconds_a_call(seconds, filled), self.pace or waiting)
        batches = []
        for kind, count in list(self._waiting.items()):
            taken = messages * count / waiting
            self._waiting[kind] -= taken
            if self._waiting[kind] < _FEW:
                del self._waiting[kind]
            done = taken * share
            self._fail(second, kind, taken - done)
            if done > 0:
                batches.append(Batch(self, self.reacts[kind[0]], kind, done, done / filled))
        if share < 1:
            self._pollers = max(1.0, self._pollers * max(share, 0.5))
        return batches

    def settle(self, second: int, batch: Batch, done: float) -> None:
        """Let what failed come again once it is visible, or be a dead letter."""
        self.done += batch.messages * done
        self._fail(second, batch.kind, batch.messages * (1 - done))

    def _fail(self, second: int, kind: Kind, count: float) -> None:
        name, received = kind
        if received + 1 >= RECEIVES:
            self.dead += count
        elif count > 0:
            self._returning[second + self.visibility_seconds][name, received + 1] += count
