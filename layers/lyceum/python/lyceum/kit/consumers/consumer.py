"""Workers behind queues: each event has its effect once, however often its message comes."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event, event_named
from lyceum.kit.table import Unit

Reaction = Callable[[Any, Unit], None]
_SEEN_SECONDS = 30 * 24 * 3600
logger = Logger()


class _Marked(Conflict):
    """The effect of this event is in the table already."""

    def __init__(self) -> None:
        super().__init__("done already")


class Consumer:
    """The reactions of one worker, declared by event; `handler` is its Lambda entry point.

    A reaction gets the event and a unit of work. What it adds to the unit is committed together with a marker for
    (consumer, event id), so a second delivery finds the marker and changes nothing. A failed message is reported by
    itself and the rest of its batch goes on.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._each: dict[str, Reaction] = {}
        self._folds: dict[str, Reaction] = {}
        self._outside: set[str] = set()

    @property
    def events(self) -> list[str]:
        """The names of the events that the worker reacts to."""
        return sorted({*self._each, *self._folds})

    def on(self, event: type[Event], *, outside: bool = False) -> Callable[[Reaction], Reaction]:
        """Declare what follows from one event; with `outside`, that which no transaction can hold, such as a mail.

        Such a reaction is not begun when the marker is there. It runs twice only if its worker dies between the effect
        and the marker.
        """

        def declare(reaction: Reaction) -> Reaction:
            self._each[event.name] = reaction
            if outside:
                self._outside.add(event.name)
            return reaction

        return declare

    def fold(self, event: type[Event]) -> Callable[[Reaction], Reaction]:
        """Declare what follows from a batch of events of one kind and tenant, such as the growth of counters."""

        def declare(reaction: Reaction) -> Reaction:
            self._folds[event.name] = reaction
            return reaction

        return declare

    @contextmanager
    def part(self, event: Event, number: int) -> Iterator[Unit]:
        """Open a unit for one part of an effect that is too large for a single transaction; each part happens once."""
        unit = Unit().create(self._marker(event, f".{number}"), refuse=_Marked())
        yield unit
        with suppress(_Marked):
            unit.commit()

    def handler(self, event: dict[str, Any], _lambda_context: Any) -> dict[str, Any]:
        """Work through a batch of queue messages; the answer names those to be delivered again."""
        failed: list[str] = []
        folded: dict[tuple[str, str], list[tuple[str, Event]]] = {}
        for record in event["Records"]:
            message_id = record["messageId"]
            try:
                received = _read(record["body"])
                if received.name in self._folds:
                    folded.setdefault((received.name, received.tenant), []).append((message_id, received))
                else:
                    self._react(self._each[received.name], [received], received)
            except Exception:
                logger.exception("message failed", consumer=self.name, message_id=message_id)
                failed.append(message_id)
        for (name, _), messages in folded.items():
            failed += self._fold(self._folds[name], messages)
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _fold(self, reaction: Reaction, messages: Sequence[tuple[str, Event]]) -> list[str]:
        unique = {event.event_id: event for _, event in messages}
        try:
            self._react(reaction, list(unique.values()), list(unique.values()))
        except Exception:
            if len(messages) > 1:
                return [message_id for message in messages for message_id in self._fold(reaction, [message])]
            logger.exception("message failed", consumer=self.name, message_id=messages[0][0])
            return [messages[0][0]]
        return []

    def _react(self, reaction: Reaction, events: Sequence[Event], argument: Event | Sequence[Event]) -> None:
        first = events[0]
        with context.working(context.RequestContext(first.tenant, first.actor, first.correlation_id)):
            if first.name in self._outside and ProcessedEvent.fetch(consumer=self.name, event_id=first.event_id, consistent=True):
                return
            unit = Unit()
            for event in events:
                unit.create(self._marker(event), refuse=_Marked())
            try:
                reaction(argument, unit)
                unit.commit()
            except _Marked:
                if len(events) > 1:
                    raise

    def _marker(self, event: Event, part: str = "") -> ProcessedEvent:
        return ProcessedEvent(consumer=self.name, event_id=event.event_id + part, ttl=int(clock.now().timestamp()) + _SEEN_SECONDS)


class UnknownEvent(ValueError):
    """A message of a kind that nobody declared, or that can not be read."""


def _read(body: str) -> Event:
    envelope = json.loads(body)
    kind = event_named(envelope["detail-type"])
    if kind is None:
        raise UnknownEvent(envelope["detail-type"])
    return kind.from_envelope(envelope)
