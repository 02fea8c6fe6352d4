"""Messages that waited long until a worker took them up are counted, once a batch."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import metrics
from lyceum.kit.consumers import lateness
from tests.support.clock import Clock


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is counted."""
    names: list[str] = []
    monkeypatch.setattr(metrics, "count", lambda name, **_: names.append(name))
    return names


def message(seconds: int, receives: int = 1) -> dict[str, Any]:
    """Return a message that was sent so many seconds ago."""
    sent = clocks.now() - timedelta(seconds=seconds)
    stamp = str(int(sent.timestamp() * 1000))
    return {"attributes": {"SentTimestamp": stamp, "ApproximateReceiveCount": str(receives)}}


def test_a_batch_with_messages_that_waited_is_counted_once(counted: list[str], clock: Clock) -> None:
    lateness.note("probe", [message(5), message(301), message(4000)])
    assert counted == ["MessagesLate"]


@pytest.mark.parametrize(("seconds", "receives"), [(300, 1), (4000, 2)])
def test_what_came_in_time_or_had_failed_before_is_not_counted(
    counted: list[str], clock: Clock, seconds: int, receives: int
) -> None:
    lateness.note("probe", [message(seconds, receives)])
    assert counted == []


def test_a_message_without_stamps_is_not_counted(counted: list[str]) -> None:
    lateness.note("probe", [{"body": "{}"}])
    lateness.note("probe", [])
    assert counted == []
