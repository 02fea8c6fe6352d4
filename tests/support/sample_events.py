"""The sample events of `events/`, and messages read as a worker reads them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lyceum.kit.event import Message
from tools.declared import messages

EVENTS = Path(__file__).parents[2] / "events"


@dataclass(frozen=True)
class Sample:
    """A sample, such as `exams/delivery-start`: the short name of its Lambda, and what that is called with.

    What AWS itself puts on the default bus is for its rules, and for no Lambda.
    """

    name: str
    function: str | None
    event: Any

    @property
    def messages(self) -> list[Message]:
        """The messages of a queue's sample."""
        return [message_of(record["body"]) for record in self.event["Records"]]


def sample(name: str) -> Sample:
    """Return the sample of a name."""
    read = json.loads((EVENTS / f"{name}.json").read_text())
    return Sample(name, read["function"], read["event"])


def all_samples() -> list[Sample]:
    """Return every sample that there is."""
    return [sample(str(path.relative_to(EVENTS).with_suffix(""))) for path in sorted(EVENTS.rglob("*.json"))]


def message_of(body: str) -> Message:
    """Read a queue's message; raises KeyError for an unknown name, pydantic.ValidationError for wrong parts."""
    envelope = json.loads(body)
    return messages()[envelope["detail-type"]].from_envelope(envelope)
