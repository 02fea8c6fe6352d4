"""What happens, as it happens: by WebSocket where the library `websockets` is there, else by event streams."""

import importlib.util
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lyceum_client import errors

if TYPE_CHECKING:
    from lyceum_client.client import Lyceum

_STREAMS = ("streamNotifications", "streamAssignments", "streamProgress")
_PING_SECONDS = 240.0
_RETRY_SECONDS = 3.0
_MOST_PAUSE_SECONDS = 60.0


class Live:
    """The events of a client's user and of the topics that they follow; each comes once, and none is missed."""

    def __init__(self, client: "Lyceum") -> None:
        self._client = client
        self._known: dict[str, int] = {}
        self._last_ids: dict[str, str] = {}

    def follow(self, topics: Sequence[str] = (), *, by: str | None = None) -> Iterator[dict[str, Any]]:
        """Go through events for ever, over broken lines: `{event, channel, id, at, data}`.

        - `topics`: such as `course:ID`; the user's own channel is always there. Event streams have no topics.
        - `by`: `socket` or `stream`; without it, whatever is there.
        """
        way = by or ("socket" if importlib.util.find_spec("websockets") else "stream")
        return self._by_socket(list(topics)) if way == "socket" else self._by_streams()

    def _by_socket(self, topics: list[str]) -> Iterator[dict[str, Any]]:
        """Go through the events of connection after connection; each begins behind the last event of the one before."""
        from websockets.exceptions import WebSocketException

        failures = 0
        while True:
            try:
                for event in self._connection(topics):
                    failures = 0
                    yield event
            except (WebSocketException, OSError, errors.LineBroken):
                failures += 1
            pause = min(_MOST_PAUSE_SECONDS, _RETRY_SECONDS * 2 ** min(failures, 5))
            self._client.surroundings.sleep(pause * self._client.surroundings.chance())

    def _connection(self, topics: list[str]) -> Iterator[dict[str, Any]]:
        from websockets.sync.client import connect

        ticket = self._client.call("makeTicket", repeatable=True).data
        own = self._client.live_url
        url = f"{own}?ticket={quote(ticket['ticket'])}" if own else ticket["url"]
        with connect(url, open_timeout=10, max_size=256 * 1024) as socket:
            self._subscribe(socket, topics)
            while True:
                try:
                    message = json.loads(socket.recv(timeout=_PING_SECONDS))
                except TimeoutError:
                    socket.send(json.dumps({"action": "ping"}))
                    continue
                if message.get("event") == "subscribed" and message.get("more"):
                    self._subscribe(socket, topics)
                elif self._is_new(message):
                    yield message

    def _subscribe(self, socket: Any, topics: list[str]) -> None:
        socket.send(json.dumps({"action": "subscribe", "topics": topics, "after": self._known}))

    def _is_new(self, message: dict[str, Any]) -> bool:
        channel, number = message.get("channel"), message.get("id")
        if not isinstance(channel, str) or not isinstance(number, int):
            return False
        if number <= self._known.get(channel, -1):
            return False
        self._known[channel] = number
        return True

    def _by_streams(self) -> Iterator[dict[str, Any]]:
        """Ask each stream again when it says so; each answer is what happened since the last one."""
        due = dict.fromkeys(_STREAMS, 0.0)
        while True:
            stream = min(due, key=lambda name: due[name])
            self._client.surroundings.sleep(max(0.0, due[stream] - self._client.surroundings.now()))
            pause = _RETRY_SECONDS
            try:
                events, pause = self._stream(stream)
                yield from events
            except (errors.LineBroken, errors.Unavailable, errors.RateLimited) as broken:
                pause = getattr(broken, "retry_after", None) or pause
            due[stream] = self._client.surroundings.now() + pause

    def _stream(self, stream: str) -> tuple[list[dict[str, Any]], float]:
        last = self._last_ids.get(stream)
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
        text = self._client.call(stream, headers=headers).data or b""
        events, pause = [], _RETRY_SECONDS
        for block in text.decode().replace("\r\n", "\n").split("\n\n"):
            said = _fields(block)
            if "id" in said:
                self._last_ids[stream] = said["id"]
            if said.get("retry", "").isdigit():
                pause = int(said["retry"]) / 1000
            if "data" in said:
                events.append(
                    {"event": said.get("event", "message"), "id": said.get("id"), "data": json.loads(said["data"])}
                )
        return events, pause


def _fields(block: str) -> dict[str, str]:
    """Return the fields of one event of a stream (HTML, server-sent events); lines of data are joined."""
    said: dict[str, str] = {}
    for line in block.split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name:
            said[name] = f"{said[name]}\n{value}" if name == "data" and name in said else value
    return said
