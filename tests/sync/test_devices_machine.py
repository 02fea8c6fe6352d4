"""Three devices of one student, in any order: crashes, lost answers, repetitions, overtaking, sign-ins that end.

However they went about it, all of them see the same in the end, and nothing that was acknowledged is lost or doubled.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from lyceum.kit import ids
from lyceum.kit.outgoing.errors import TimedOut, Unreachable
from tests.support.clock import Clock
from tests.support.http import Client
from tests.sync.conftest import Device, Line

PUSH, PULL = "/api/sync/push", "/api/sync/pull"
devices = st.integers(0, 2)


@dataclass
class Copy(Device):
    """A device with what it has of the server, by type and key."""

    things: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    cursor: str | None = None

    def pulls(self) -> None:
        """Take over what changed, until there is no more."""
        has_more = True
        while has_more:
            answer = self.client.get(PULL, {"cursor": self.cursor} if self.cursor else {}).data
            if answer["isFirst"]:
                self.things = {}
            for change in answer["changes"]:
                name = (change["type"], change["key"])
                if change["isRemoved"]:
                    self.things.pop(name, None)
                else:
                    self.things[name] = {"version": change["version"], "value": change["value"]}
            self.cursor, has_more = str(answer["cursor"]), answer["hasMore"]


class Devices(RuleBasedStateMachine):
    """The devices, the line that breaks, and what the server acknowledged."""

    client: ClassVar[Client]
    topic: ClassVar[str]
    question: ClassVar[str]
    line: ClassVar[Line]
    clock: ClassVar[Clock]
    work: ClassVar[Callable[[], None]]
    runs: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).runs += 1
        self.student = self.client.as_(f"student{self.runs}", "student")
        self.devices = [Copy(self.student) for _ in range(3)]
        self.notes: set[str] = set()
        self.tags: dict[str, set[str]] = {}
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.done: dict[str, dict[str, Any]] = {}

    @rule(place=devices)
    def writes_a_note(self, place: int) -> None:
        note = ids.new_id()
        fields = {"topicId": self.topic, "text": "Union."}
        self._note(self.devices[place].does("note.create", note, value=fields))

    @rule(place=devices, choice=st.integers(0, 9))
    def tags_a_note(self, place: int, choice: int) -> None:
        device = self.devices[place]
        known = sorted(key for kind, key in device.things if kind == "note")
        if known:
            note = known[choice % len(known)]
            seen = device.things["note", note]
            base = {name: seen["value"].get(name) for name in ("kind", "title", "text", "tags", "isDone")}
            value = {"tags": [*base["tags"], ids.new_id()[-12:]], "base": base}
            if len(value["tags"]) <= 8:
                self._note(device.does("note.update", note, value=value, baseVersion=seen["version"]))

    @rule(place=devices, mark=st.sampled_from(["difficult", "important"]))
    def marks_a_question(self, place: int, mark: str) -> None:
        self._note(self.devices[place].does("bookmark.set", self.question, value={"mark": mark}))

    def _note(self, operation: dict[str, Any]) -> None:
        self.done[operation["operationId"]] = operation

    @rule(
        place=devices,
        fault=st.sampled_from(["none", "cut", "lost", "crash", "unheard", "twice", "overtaken", "signed out"]),
        after=st.integers(1, 3),
    )
    def pushes(self, place: int, fault: str, after: int) -> None:
        device, calls = self.devices[place], len(self.line.calls)
        if not device.waiting:
            return

        def break_off(_method: str, _path: str) -> None:
            if len(self.line.calls) == calls + after:
                raise {"cut": Unreachable, "lost": TimedOut, "crash": MemoryError}[fault]("broken")

        def sign_out(_method: str, _path: str) -> None:
            if len(self.line.calls) == calls + after:
                self.clock.advance(minutes=16)  # the token is over; the next push comes with a new one

        self.line.before = {"cut": break_off, "signed out": sign_out}.get(fault, _works)
        self.line.after = break_off if fault in {"lost", "crash"} else _works
        waiting = device.waiting[1:] if fault == "overtaken" else device.waiting
        for _ in range(2 if fault == "twice" else 1):
            if waiting:
                body = {"deviceId": device.device_id, "operations": waiting}
                reply = self.student.post(PUSH, body)
                if reply.status == 200 and fault != "unheard":
                    self._hear(device, reply.data["results"])
        self.line.before = self.line.after = _works

    def _hear(self, device: Copy, results: list[dict[str, Any]]) -> None:
        for result in results:
            name = result["operationId"]
            if result["status"] != "retry":
                assert self.acknowledged.setdefault(name, result) == result
                device.waiting = [each for each in device.waiting if each["operationId"] != name]

    @rule(seconds=st.sampled_from([1, 31, 3600]))
    def time_goes_by(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule()
    def the_worker_writes_the_feed(self) -> None:
        type(self).work()

    @rule(place=devices)
    def pulls(self, place: int) -> None:
        self.devices[place].pulls()

    def teardown(self) -> None:
        """Let every device send and hear all, and hold them against each other and what was acknowledged."""
        for device in self.devices:
            while device.waiting:
                self.clock.advance(seconds=31)
                self._hear(device, self.student.post(PUSH, _body(device)).data["results"])
        type(self).work()
        for device in self.devices:
            device.pulls()
        first = self.devices[0].things
        assert all(device.things == first for device in self.devices)
        assert set(self.acknowledged) == set(self.done)
        notes = {key: thing["value"] for (kind, key), thing in first.items() if kind == "note"}
        made = {each["key"] for each in self.done.values() if each["type"] == "note.create"}
        assert set(notes) == made
        for each in self.done.values():
            result = self.acknowledged[each["operationId"]]
            assert result["status"] in {"applied", "merged"}, result
            if each["type"] == "note.update":
                assert each["value"]["tags"][-1] in notes[each["key"]]["tags"]


def _works(_method: str, _path: str) -> None:
    """Let every request through."""


def _body(device: Copy) -> dict[str, Any]:
    return {"deviceId": device.device_id, "operations": device.waiting}


def test_three_devices_come_to_one_state_and_lose_nothing(
    client: Client, topic: str, question: str, line: Line, clock: Clock, work: Callable[[], None]
) -> None:
    Devices.client, Devices.topic, Devices.question = client, topic, question
    Devices.line, Devices.clock, Devices.work = line, clock, staticmethod(work)
    run_state_machine_as_test(
        Devices,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
