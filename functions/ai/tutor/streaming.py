"""An answer as it is being written: each sentence that holds is told over the socket as soon as it stands whole.

What is told has passed the same test as what is kept: a sentence that cites no passage is never shown, not even for a
moment. The answer of the request holds the same sentences again.
"""

import json
import re
from collections.abc import Sequence

from pydantic import ValidationError

from lyceum.events.ai import TutorSaid
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit

from functions.ai.tutor.grounding import Sentence, grounded
from functions.ai.tutor.retrieval import Passage

_IN_COURSE = re.compile(r'"in_course"\s*:\s*true')
_LIST = re.compile(r'"sentences"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def whole_sentences(text: str) -> list[Sentence]:
    """Return the sentences that stand whole in the beginning of an answer; none before it says to be in the course."""
    begun = _LIST.search(text)
    if begun is None or _IN_COURSE.search(text) is None:
        return []
    decoder, place, found = json.JSONDecoder(), begun.end(), list[Sentence]()
    while True:
        after = _BETWEEN.match(text, place)
        place = after.end() if after else place
        try:
            value, place = decoder.raw_decode(text, place)
            found.append(Sentence.model_validate(value))
        except (ValueError, ValidationError):
            return found


class Teller:
    """Tells the sentences of one answer, each once (1 write each)."""

    def __init__(self, user_id: str, chat_id: str, line_id: str, passages: Sequence[Passage]) -> None:
        self.names = {"user_id": user_id, "chat_id": chat_id, "line_id": line_id}
        self.passages = passages
        self.told = 0

    def hear(self, text: str) -> None:
        """Tell what is new in an answer that was written so far."""
        for sentence in grounded(whole_sentences(text), self.passages)[self.told :]:
            event = TutorSaid(**self.names, number=self.told, text=sentence.text, sources=sentence.sources)
            Unit().put(OutboxItem.of(event), event).commit()
            self.told += 1
