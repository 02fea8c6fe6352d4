"""`tutor.said`."""

from typing import Any, ClassVar

from lyceum.kit.event import Event


class TutorSaid(Event):
    """A sentence of an answer that the tutor is writing, for the student's own devices; the first is number 0."""

    name: ClassVar[str] = "tutor.said"

    user_id: str
    chat_id: str
    line_id: str
    number: int
    text: str
    sources: list[str] = []

    @property
    def shown(self) -> dict[str, Any]:
        """What the student's devices are shown."""
        names = {"chatId": self.chat_id, "lineId": self.line_id}
        return {**names, "number": self.number, "text": self.text, "sources": self.sources}
