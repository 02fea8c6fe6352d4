"""Reading what was written in discussions: how toxic it is and in which mood, with the words that it rests on.

The filter's rules speak first, when something is written. What the model finds is a report for people; where it gives
no answer, is not set up or its budget is spent, the rules alone hold.
"""

from contextlib import suppress
from typing import Literal

from pydantic import BaseModel, Field

from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import RateLimited
from lyceum.kit.table import Unit, fetch_many
from lyceum.tasks.ai import ModerateText
from lyceum.tasks.community import ReportFound

from functions.ai.model import asking, circuit
from functions.ai.model.port import ModelDown, ModelNonsense
from functions.ai.model.prompts import MODERATE

TOXIC = 0.7
"""From this on a text is somebody's to look at; what may be about safety is from half of it on."""
_SAFETY = frozenset({"threat", "sexual", "self_harm"})
_WHO = "moderation"
"""Whose daily budget it is."""
_FEWEST_LETTERS = 3


class Impression(BaseModel, defer_build=True):
    """What a model makes of a text."""

    toxicity: float = Field(ge=0, le=1)
    sentiment: float = Field(ge=-1, le=1)
    kind: Literal["offensive", "harassment", "threat", "sexual", "self_harm", "spam"] | None = None
    quote: str = Field(default="", max_length=500)


def read(task: ModerateText, unit: Unit) -> None:
    """Ask the model about a text, and have what stands out reported (1 request, and those of a budget)."""
    with suppress(ModelDown, ModelNonsense, RateLimited):
        (known,) = fetch_many(circuit.named())
        (reply,) = asking.ask(_WHO, MODERATE, Impression, [{"text": task.text}], known=known, unit=unit)
        verdict = reply.content
        if stands_out(verdict, task.text):
            whole = task.model_dump(include={"item_type", "item_id", "within", "author_id"})
            found = verdict.model_dump(include={"toxicity", "sentiment", "quote"})
            send(unit, ReportFound.model_validate({**whole, **found, "type": verdict.kind, "made_by": reply.made_by}))


def stands_out(verdict: Impression, text: str) -> bool:
    """Say whether somebody should look: the words that it rests on have to stand in the text. Pure."""
    is_said = len(verdict.quote.strip()) >= _FEWEST_LETTERS and verdict.quote.strip() in text
    if verdict.kind is None or not is_said:
        return False
    return verdict.toxicity >= (TOXIC / 2 if verdict.kind in _SAFETY else TOXIC) or verdict.kind == "self_harm"
