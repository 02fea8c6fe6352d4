"""Messages between workers: facts that go to the event bus, and tasks that go straight to the one worker they name."""

from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from lyceum.kit import clock, context
from lyceum.kit.ids import new_id

_CATALOGUE: dict[str, type["Message"]] = {}


class Message(BaseModel):
    """What travels in the outbox of the write that causes it. Use `Event` or `Task`."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, defer_build=True)

    name: ClassVar[str]
    schema_version: ClassVar[int] = 1

    event_id: str = Field(default_factory=new_id)
    tenant: str = Field(default_factory=context.tenant)
    actor: str = Field(default_factory=lambda: context.current().actor)
    correlation_id: str = Field(default_factory=lambda: context.current().correlation_id)
    at: datetime = Field(default_factory=clock.now)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Enter the message in the catalogue; a name that is taken is an error at import."""
        super().__pydantic_init_subclass__(**kwargs)
        if "name" in cls.__dict__ and _CATALOGUE.setdefault(cls.name, cls) is not cls:
            raise TypeError(f"two messages are called {cls.name}")

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> Self:
        """Read the message out of an EventBridge envelope; raises pydantic.ValidationError."""
        return cls.model_validate(envelope["detail"])

    def to_outbox(self) -> dict[str, str]:
        """Write the message as it is kept in its item's `outbox`."""
        return {"name": self.name, "detail": self.model_dump_json(by_alias=True)}


class Event(Message):
    """A fact in the past tense, `noun.verb`, for whoever likes to react.

    `source` is another service's for what AWS tells.
    """

    source: ClassVar[str] = "lyceum"


class Task(Message):
    """An order, `noun.verb` in the imperative, to the Lambda whose short name `worker` is."""

    worker: ClassVar[str]

    def to_outbox(self) -> dict[str, str]:
        """Write the task with the worker that it is for."""
        return super().to_outbox() | {"worker": self.worker}


class PagedTask(Task):
    """A task for a page of a long work: what lies behind `after`, or the first page when it is None."""

    after: Any = None

    def following(self, after: Any) -> Self:
        """Return the task for the page that lies behind `after`."""
        return self.model_copy(update={"after": after, "event_id": new_id(), "at": clock.now()})


def catalogue() -> dict[str, type[Message]]:
    """Return every message that was declared in an imported module, by its name."""
    return dict(_CATALOGUE)
