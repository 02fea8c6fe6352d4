"""Questions that people wrote, where they are at hand, and how well misspelt words find them."""

import html
import json
import os
import random
from pathlib import Path

from lyceum.search.embedded.index import TantivyIndex
from lyceum.search.folding import STOP_WORDS, query_words
from lyceum.search.queries import Search

REAL_DATA = Path(os.environ.get("LYCEUM_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
QUESTIONS = REAL_DATA / "opentdb" / "opentdb.json"
AFRIQA = REAL_DATA / "afriqa"
ORIGIN = "questions of OpenTDB" if QUESTIONS.exists() else "made-up questions"
_MADE_UP = 5_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def texts() -> list[str]:
    """Return the questions, or as many made-up ones where there are none."""
    if QUESTIONS.exists():
        return [html.unescape(row["question"]) for row in json.loads(QUESTIONS.read_text())["results"]]
    dice = random.Random(1)
    vocabulary = ["".join(dice.choices(_LETTERS, k=dice.randrange(4, 11))) for _ in range(8_000)]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    return [" ".join(dice.choices(vocabulary, weights, k=14)) for _ in range(_MADE_UP)]


def recall(index: TantivyIndex, questions: list[str], count: int, seed: int) -> tuple[float, float, int]:
    """Return which share of questions is among the first ten by three of their words, and by these misspelt."""
    dice = random.Random(seed)
    clean, misspelt = [], []
    for place in dice.sample(range(len(questions)), count):
        asked = query_words(questions[place])
        words = [word for word in asked if word.isalpha() and len(word) > 3 and word not in STOP_WORDS]
        if len(words) >= 3:
            chosen = dice.sample(words, 3)
            clean.append(_is_found(index, chosen, questions[place]))
            misspelt.append(_is_found(index, [misspell(dice, word) for word in chosen], questions[place]))
    return sum(clean) / len(clean), sum(misspelt) / len(misspelt), len(clean)


def misspell(dice: random.Random, word: str) -> str:
    """Leave a letter out, change one, put one in or swap two, but for the first and last."""
    if len(word) < 4:
        return word
    place, letter = dice.randrange(1, len(word) - 1), dice.choice(_LETTERS)
    return dice.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )


def _is_found(index: TantivyIndex, words: list[str], title: str) -> bool:
    hits = index.search(Search(("public",), " ".join(words), limit=10)).hits
    return any(hit.document["title"] == title[:160] for hit in hits)
