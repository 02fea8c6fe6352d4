"""What of an answer may be said: sentences that cite a passage that there is, and shares words with; pure."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from functions.ai.tutor.retrieval import Passage, folded

_LEAST_SHARED = 2


class Sentence(BaseModel, defer_build=True):
    """A sentence and the names of the passages that it rests on."""

    text: str = Field(min_length=1, max_length=2000)
    sources: list[str] = Field(default=[], max_length=6)


def grounded(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> list[Sentence]:
    """Return the sentences that hold: questions to the student, and those that share words with what they cite.

    Sources that there are not are taken off.
    """
    known = {each.passage_id: set(folded(each.text)) for each in passages}
    kept = []
    for each in sentences:
        words = {word for word in folded(each.text) if len(word) > _LEAST_SHARED}
        sources = [name for name in each.sources if len(words & known.get(name, set())) >= _LEAST_SHARED]
        if sources or each.text.rstrip().endswith("?"):
            kept.append(Sentence(text=each.text, sources=sources))
    return kept
