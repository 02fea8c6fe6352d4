"""An event is shown once, and what nobody is there to see costs a single write."""

from datetime import timedelta

import pytest

from lyceum.events.courses import LessonCompleted
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.table import find
from lyceum.model.realtime import ChannelEvent
from tests.realtime.conftest import Gateway, publish
from tests.support.clock import Clock
from tests.support.http import Client

from functions.realtime import channel_events


def lesson(user_id: str, lesson_id: str = "l") -> LessonCompleted:
    return LessonCompleted(course_id="c", lesson_id=lesson_id, user_id=user_id)


def stored(user_id: str) -> list[str]:
    found = find(ChannelEvent, channel=channel_events.own(user_id), consistent=True).items
    return [each.data["lessonId"] for each in found]


def is_marked(event: LessonCompleted) -> bool:
    return bool(ProcessedEvent.fetch(consumer="realtime-events", event_id=f"{event.event_id}.0", consistent=True))


def test_what_reached_nobody_leaves_no_marker_and_keeps_its_number(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    event = lesson(student.user_id)
    assert (publish(event), publish(event)) == (0, 0)
    assert (stored(student.user_id), is_marked(event)) == (["l"], False)
    socket = gateway.connect(student)
    assert publish(event) == 0
    assert (len(socket.got), is_marked(event)) == (1, True)
    assert publish(event) == 0
    assert (len(socket.got), stored(student.user_id)) == (1, ["l"])


def test_an_event_is_known_again_behind_very_many_later_ones(
    client: Client, gateway: Gateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_events, "_LOOKED_BACK", 3)
    student = client.as_("student")
    event = lesson(student.user_id)
    publish(event)
    for number in range(8):
        clock.advance(seconds=20)
        publish(lesson(student.user_id, str(number)))
    publish(event)
    assert stored(student.user_id) == ["l", *map(str, range(8))]


def test_nothing_is_shown_that_channels_have_forgotten(client: Client, gateway: Gateway, clock: Clock) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    event = lesson(student.user_id)
    clock.advance(seconds=timedelta(days=1).total_seconds())
    assert publish(event) == 0
    assert (socket.got, stored(student.user_id)) == ([], [])
