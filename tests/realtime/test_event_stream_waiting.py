"""Server-sent events wait for what is to come, a bounded time, and ask quiet clients to come back later."""

from collections.abc import Callable, Iterator

import pytest

from infra.functions import FUNCTIONS
from lyceum.events.assignments import AssignmentGraded
from lyceum.kit.table.retrying import Pause, pausing
from tests.realtime.conftest import Gateway, publish
from tests.realtime.test_event_streams import events_of, graded, last_id, lesson
from tests.support.clock import Clock
from tests.support.http import Client, Reply


class Waiting:
    """How long an answer waited, and what happens meanwhile."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.waited: list[float] = []
        self.meanwhile: dict[int, Callable[[], object]] = {}

    def pass_by(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.advance(seconds=seconds)
        self.meanwhile.get(len(self.waited), lambda: None)()


@pytest.fixture
def waiting(clock: Clock) -> Iterator[Waiting]:
    waits = Waiting(clock)
    with pausing(Pause(sleep=waits.pass_by)):
        yield waits


def retry_of(reply: Reply) -> str:
    return reply.body.split("\n", 1)[0]


def test_an_answer_waits_for_what_is_of_its_stream(client: Client, gateway: Gateway, waiting: Waiting) -> None:
    student = client.as_("student")
    publish(graded(student.user_id))
    start = last_id(student.get("/api/events/assignments"))
    waiting.meanwhile = {1: lambda: publish(lesson(student.user_id)), 2: lambda: publish(graded(student.user_id))}
    reply = student.get("/api/events/assignments", last_event_id=start)
    assert (events_of(reply), waiting.waited) == (["assignment.graded"], [1, 2])
    assert int(last_id(reply)) == int(start) + 2
    assert reply.cost.requests == 3


def test_what_is_there_is_answered_at_once(client: Client, gateway: Gateway, waiting: Waiting) -> None:
    student = client.as_("student")
    publish(graded(student.user_id))
    assert events_of(student.get("/api/events/assignments", last_event_id="0")) == [AssignmentGraded.name]
    assert student.get("/api/events/assignments").status == 200
    assert waiting.waited == []


def test_a_wait_is_bounded_well_within_the_function_and_the_gateway(
    client: Client, gateway: Gateway, waiting: Waiting
) -> None:
    reply = client.as_("student").get("/api/events/notifications", last_event_id="0")
    assert (reply.status, events_of(reply), sum(waiting.waited)) == (200, [], 15)
    (row,) = [row for row in FUNCTIONS if row.name == "realtime"]
    assert sum(waiting.waited) + 4 < row.timeout_seconds < 29


@pytest.mark.parametrize(("minutes", "retry"), [(0, 3000), (2, 10_000), (11, 30_000)])
def test_the_longer_it_is_quiet_the_later_a_client_comes_back(
    client: Client, gateway: Gateway, waiting: Waiting, minutes: int, retry: int
) -> None:
    student = client.as_("student")
    publish(graded(student.user_id))
    start = last_id(student.get("/api/events/assignments"))
    waiting.clock.advance(minutes=minutes)
    assert retry_of(student.get("/api/events/assignments", last_event_id=start)) == f"retry: {retry}"


def test_who_never_had_an_event_comes_back_latest_and_misses_none(
    client: Client, gateway: Gateway, waiting: Waiting
) -> None:
    student = client.as_("student")
    quiet = student.get("/api/events/assignments", last_event_id="0")
    assert (retry_of(quiet), last_id(quiet)) == ("retry: 30000", "0")
    publish(graded(student.user_id))
    found = student.get("/api/events/assignments", last_event_id=last_id(quiet))
    assert (events_of(found), retry_of(found)) == (["assignment.graded"], "retry: 3000")
