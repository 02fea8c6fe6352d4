"""Workers behind queues: each event has its effect once, however often its message comes."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.consumers.outbox import send
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event, Message, PagedTask, Task
from lyceum.kit.table import Unit

Reaction = Callable[[Any, Unit], None]
Page = Callable[[Any, Unit], Any]
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
        self._classes: dict[str, type[Message]] = {}
        self._each: dict[str, list[Reaction]] = {}
        self._folds: dict[str, Reaction] = {}
        self._outside: set[str] = set()

    @property
    def events(self) -> list[type[Event]]:
        """The events that the worker reacts to, by name."""
        return [kind for _, kind in sorted(self._classes.items()) if issubclass(kind, Event)]

    @property
    def tasks(self) -> list[type[Task]]:
        """The tasks that the worker carries out, by name."""
        return [kind for _, kind in sorted(self._classes.items()) if issubclass(kind, Task)]

    def on(self, message: type[Message], *, outside: bool = False) -> Callable[[Reaction], Reaction]:
        """Declare what follows from one message; reactions to the same one share its unit, in the order of declaration.

        With `outside` it is something that no transaction can hold, such as a mail. Such a reaction is not begun when
        the marker is there, and shares its message with no other. It runs twice only if its worker dies between the
        effect and the marker. Raises TypeError for a message that is folded or whose reaction is `outside` already.
        """

        def declare(reaction: Reaction) -> Reaction:
            reactions = self._each.setdefault(message.name, [])
            if message.name in self._folds or (reactions and (outside or message.name in self._outside)):
                raise TypeError(f"{self.name} reacts to {message.name} already, in a way that can not be joined")
            reactions.append(reaction)
            self._classes[message.name] = message
            if outside:
                self._outside.add(message.name)
            return reaction

        return declare

    def paged(self, task: type[PagedTask]) -> Callable[[Page], Page]:
        """Declare one page of a long work: the reaction returns what the next page starts behind, or None at the end.

        The task of the next page is sent with what the page did, in one transaction.
        """

        def declare(page: Page) -> Page:
            def go_on(received: PagedTask, unit: Unit) -> None:
                after = page(received, unit)
                if after is not None:
                    send(unit, received.following(after))

            self.on(task)(go_on)
            return page

        return declare

    def fold(self, event: type[Message]) -> Callable[[Reaction], Reaction]:
        """Declare what follows from a batch of events of one kind and tenant, such as the growth of counters.

        Raises TypeError for an event that the worker reacts to already: what is folded is folded once.
        """

        def declare(reaction: Reaction) -> Reaction:
            if event.name in self._classes:
                raise TypeError(f"{self.name} reacts to {event.name} already")
            self._folds[event.name] = reaction
            self._classes[event.name] = event
            return reaction

        return declare

    @contextmanager
    def part(self, event: Message, number: int) -> Iterator[Unit]:
        """Open a unit for one part of an effect that is too large for a single transaction; each part happens once."""
        unit = Unit().create(self._marker(event, f".{number}"), refuse=_Marked())
        yield unit
        with suppress(_Marked):
            unit.commit()

    def handler(self, event: dict[str, Any], _lambda_context: Any) -> dict[str, Any]:
        """Work through a batch of queue messages; the answer names those to be delivered again."""
        failed: list[str] = []
        folded: dict[tuple[str, str], list[tuple[str, Message]]] = {}
        for record in event["Records"]:
            message_id = record["messageId"]
            try:
                received = self._read(record["body"])
                if received.name in self._folds:
                    folded.setdefault((received.name, received.tenant), []).append((message_id, received))
                else:
                    self._react(self._each[received.name], [received])
            except Exception:
                logger.exception("message failed", consumer=self.name, message_id=message_id)
                failed.append(message_id)
        for (name, _), messages in folded.items():
            failed += self._fold(self._folds[name], messages)
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _fold(self, reaction: Reaction, messages: Sequence[tuple[str, Message]]) -> list[str]:
        unique = {event.event_id: event for _, event in messages}
        try:
            self._react([reaction], list(unique.values()), together=True)
        except Exception:
            if len(messages) > 1:
                return [message_id for message in messages for message_id in self._fold(reaction, [message])]
            logger.exception("message failed", consumer=self.name, message_id=messages[0][0])
            return [messages[0][0]]
        return []

    def _react(self, reactions: Sequence[Reaction], messages: Sequence[Message], *, together: bool = False) -> None:
        first = messages[0]
        with context.working(context.RequestContext(first.tenant, first.actor, first.correlation_id)):
            if first.name in self._outside and ProcessedEvent.fetch(
                consumer=self.name, event_id=first.event_id, consistent=True
            ):
                return
            unit = Unit()
            for message in messages:
                unit.create(self._marker(message), refuse=_Marked())
            try:
                for reaction in reactions:
                    reaction(messages if together else first, unit)
                unit.commit()
            except _Marked:
                if len(messages) > 1:
                    raise

    def _marker(self, message: Message, part: str = "") -> ProcessedEvent:
        last_second = int(clock.now().timestamp()) + _SEEN_SECONDS
        return ProcessedEvent(consumer=self.name, event_id=message.event_id + part, ttl=last_second)

    def _read(self, body: str) -> Message:
        envelope = json.loads(body)
        kind = self._classes.get(envelope["detail-type"])
        if kind is None:
            raise UnknownMessage(envelope["detail-type"])
        return kind.from_envelope(envelope)


class UnknownMessage(ValueError):
    """A message that the worker has no reaction to."""
