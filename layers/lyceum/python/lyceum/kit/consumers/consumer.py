"""Workers behind queues: each event has its effect once, however often its message comes."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.consumers import lateness
from lyceum.kit.consumers.aggregator import Aggregator, Entry, Marked
from lyceum.kit.consumers.outbox import send
from lyceum.kit.consumers.records import SEEN_SECONDS, ProcessedEvent
from lyceum.kit.errors import Unavailable
from lyceum.kit.event import Event, Message, PagedTask, Task
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.kit.telemetry import collector, sending

Reaction = Callable[[Any, Unit], None]
Gathering = Callable[[Any], None]
Page = Callable[[Any, Unit], Any]
logger = Logger()


class Consumer:
    """The reactions of one worker, declared by event; `handler` is its Lambda entry point.

    A reaction gets the event and a unit of work. What it adds to the unit is committed together with a marker for
    (consumer, event id), so a second delivery finds the marker and changes nothing; where nothing is added, there is no
    marker. A failed message is reported by itself and the rest of its batch goes on. One that is not observed sends no
    figures of its own work, such as the worker that folds them.
    """

    def __init__(self, name: str, *, is_observed: bool = True) -> None:
        self.name = name
        self._is_observed = is_observed
        self._classes: dict[str, type[Message]] = {}
        self._each: dict[str, list[Reaction]] = {}
        self._gathers: dict[str, Gathering] = {}
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
            if message.name in self._gathers or (reactions and (outside or message.name in self._outside)):
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

        The reaction gets those that had no effect yet, and a unit that is theirs alone (`Aggregator`). It is called
        again when an item that it read and saves was changed meanwhile. Raises TypeError for an event that the worker
        reacts to already: what is folded is folded once.
        """

        def declare(reaction: Reaction) -> Reaction:
            def gathered(messages: Sequence[Message]) -> None:
                entries = [Entry(message.event_id, message) for message in messages]
                retry_on_conflict(lambda: Aggregator(self.name).fold(entries, reaction))

            self.gather(event)(gathered)
            return reaction

        return declare

    def gather(self, event: type[Message]) -> Callable[[Gathering], Gathering]:
        """Declare what is done with a batch of events of one kind and tenant; the reaction counts each once by itself.

        It is called again with halves of the batch when it fails. Raises TypeError as `fold` does.
        """

        def declare(reaction: Gathering) -> Gathering:
            if event.name in self._classes:
                raise TypeError(f"{self.name} reacts to {event.name} already")
            self._gathers[event.name] = reaction
            self._classes[event.name] = event
            return reaction

        return declare

    @contextmanager
    def part(self, event: Message, number: int) -> Iterator[Unit]:
        """Open a unit for one part of an effect that is too large for a single transaction; each part happens once."""
        unit = Unit().create(self._marker(event, f".{number}"), refuse=Marked())
        yield unit
        with suppress(Marked):
            unit.commit()

    def is_done(self, event: Message, number: int) -> bool:
        """Say whether a part has had its effect (1 request)."""
        name = self._marker(event, f".{number}").event_id
        return ProcessedEvent.fetch(consumer=self.name, event_id=name, consistent=True) is not None

    def handler(self, event: dict[str, Any], _lambda_context: Any) -> dict[str, Any]:
        """Work through a batch of queue messages; the answer names those to be delivered again."""
        failed: list[str] = []
        gathered: dict[tuple[str, str], list[tuple[str, Message]]] = {}
        lateness.note(self.name, event["Records"])
        for record in event["Records"]:
            message_id = record["messageId"]
            try:
                received = self._read(record["body"])
                if received.name in self._gathers:
                    gathered.setdefault((received.name, received.tenant), []).append((message_id, received))
                else:
                    self._react(self._each[received.name], received)
            except Exception as error:
                self._note(error, message_id)
                failed.append(message_id)
        for (name, _), messages in gathered.items():
            failed += self._gather(self._gathers[name], messages)
        if self._is_observed:
            sending.send()
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _gather(self, reaction: Gathering, messages: Sequence[tuple[str, Message]]) -> list[str]:
        """Let a reaction have a batch; where one message stops it, halve the batch until that one is found."""
        unique = list({event.event_id: event for _, event in messages}.values())
        try:
            with _working(unique[0]):
                reaction(unique)
        except Exception as error:
            if len(messages) > 1 and not isinstance(error, Unavailable):
                middle = len(messages) // 2
                return [*self._gather(reaction, messages[:middle]), *self._gather(reaction, messages[middle:])]
            names = [message_id for message_id, _ in messages]
            self._note(error, *names)
            return names
        return []

    def _note(self, error: Exception, *message_ids: str) -> None:
        logger.error("message failed", exc_info=error, consumer=self.name, message_ids=message_ids)
        collector.failure(error, f"worker {self.name}")

    def _react(self, reactions: Sequence[Reaction], message: Message) -> None:
        with _working(message):
            if message.name in self._outside and ProcessedEvent.fetch(
                consumer=self.name, event_id=message.event_id, consistent=True
            ):
                return
            unit = Unit().create(self._marker(message), refuse=Marked())
            for reaction in reactions:
                reaction(message, unit)
            if len(unit) == 1 and message.name not in self._outside:
                return  # it came to nothing here, and a marker would keep nobody from finding that again
            with suppress(Marked):
                unit.commit()

    def _marker(self, message: Message, part: str = "") -> ProcessedEvent:
        last_second = int(clock.now().timestamp()) + SEEN_SECONDS
        return ProcessedEvent(consumer=self.name, event_id=message.event_id + part, ttl=last_second)

    def _read(self, body: str) -> Message:
        envelope = json.loads(body)
        kind = self._classes.get(envelope["detail-type"])
        if kind is None:
            raise UnknownMessage(envelope["detail-type"])
        return kind.from_envelope(envelope)


def _working(message: Message) -> AbstractContextManager[context.RequestContext]:
    """Work in the tenant and in the name of whoever caused a message."""
    return context.working(context.RequestContext(message.tenant, message.actor, message.correlation_id))


class UnknownMessage(ValueError):
    """A message that the worker has no reaction to."""
