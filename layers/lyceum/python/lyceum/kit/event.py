"""Events: what happened, said once by the domain that did it."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from lyceum.kit import clock, context
from lyceum.kit.ids import new_id

_CATALOGUE: dict[str, type["Event"]] = {}


class Event(BaseModel):
    """A fact in the past tense, `noun.verb`; it travels with the write that caused it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    name: ClassVar[str]
    schema_version: ClassVar[int] = 1

    event_id: str = Field(default_factory=new_id)
    tenant: str = Field(default_factory=context.tenant)
    actor: str = Field(default_factory=lambda: context.current().actor)
    correlation_id: str = Field(default_factory=lambda: context.current().correlation_id)
    at: datetime = Field(default_factory=clock.now)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Enter the event in the catalogue; a name that is taken is an error at import."""
        super().__pydantic_init_subclass__(**kwargs)
        if _CATALOGUE.setdefault(cls.name, cls) is not cls:
            raise TypeError(f"two events are called {cls.name}")

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "Event":
        """Read the event out of an EventBridge envelope; raises pydantic.ValidationError."""
        return cls.model_validate(envelope["detail"])

    def to_outbox(self) -> dict[str, str]:
        """Write the event as it is kept in its item's `outbox`."""
        return {"name": self.name, "detail": self.model_dump_json(by_alias=True)}


def event_named(name: str) -> type[Event] | None:
    """Return the event class of a detail type, or None for a stranger."""
    return _CATALOGUE.get(name)


def catalogue() -> dict[str, type[Event]]:
    """Return every declared event by its name."""
    return dict(_CATALOGUE)
