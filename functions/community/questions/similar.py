"""Earlier questions that are like a new one, by the words that they share; over the latest of the subject."""

import html
import re

from lyceum.kit.table import find
from lyceum.kit.values.text import plain, without_accents
from lyceum.model.community.questions import HelpQuestion

from functions.community.questions.schemas import SimilarQuestion

_LOOKED_AT = 60
_SHOWN = 5
_LEAST_SCORE = 0.3
_WORD = re.compile(r"\w{2,}")
_EMPTY_WORDS = frozenset(
    [
        "the",
        "an",
        "and",
        "or",
        "of",
        "to",
        "in",
        "is",
        "are",
        "it",
        "how",
        "do",
        "does",
        "what",
        "why",
        "can",
        "with",
        "for",
        "on",
        "my",
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "et",
        "ou",
        "de",
        "du",
        "est",
        "que",
        "qui",
        "comment",
        "pourquoi",
        "je",
        "dans",
        "sur",
    ]
)


def find_like(subject_key: str, title: str, text: str) -> list[SimilarQuestion]:
    """Return up to five of the latest questions of a subject that share most words (1 storage request).

    The score is the share of words that two titles have in common, of all words of both (Jaccard 1901); words of the
    new text that stand in an earlier title count a half.
    """
    asked, more = words_of(title), words_of(text)
    found = find(HelpQuestion, index="gsi2", subject_key=subject_key, limit=_LOOKED_AT, descending=True)
    scored = [(_score(asked, more, words_of(each.title)), each) for each in found.items if not each.held]
    best = sorted((pair for pair in scored if pair[0] >= _LEAST_SCORE), key=lambda pair: -pair[0])[:_SHOWN]
    return [
        SimilarQuestion(
            question_id=each.question_id,
            title=each.title,
            status=each.status,
            answer_count=int(each.answer_count),
            score=round(score, 2),
        )
        for score, each in best
    ]


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that tell something, without accents and the plain plural."""
    found = _WORD.findall(without_accents(html.unescape(plain(text))))
    return frozenset(word.removesuffix("s") for word in found if word not in _EMPTY_WORDS)


def _score(title: frozenset[str], text: frozenset[str], other: frozenset[str]) -> float:
    together = title | other
    if not together:
        return 0.0
    return min(1.0, (len(title & other) + len((text - title) & other) / 2) / len(together))
