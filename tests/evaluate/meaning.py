"""How much is found by what it means: passages of lessons, asked for in other words and other languages.

With `LYCEUM_AFRIQA` naming a folder that has the test parts of AfriQA (Ogundepo et al. 2023, CC BY 4.0), also its
questions in Yoruba, Igbo and Hausa, each of which has to find its English translation among 300.
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from functions.ai.model.embedding import embedder
from functions.ai.tutor import retrieval
from functions.ai.tutor.finding import fused
from functions.ai.tutor.retrieval import Passage

Figure = tuple[str, float, str]
LANGUAGES = {"en": "in other words", "fr": "in French", "sw": "in Swahili"}
_LESSONS = Path(__file__).with_name("meanings.json")
_AFRIQA_LANGUAGES = ("yor", "ibo", "hau")
_OF_AFRIQA, _RANKED, _FIRST = 300, 50, 3


def lessons() -> dict[str, Any]:
    """Return passages with a question for each in three languages, and questions that none of them answers."""
    found: dict[str, Any] = json.loads(_LESSONS.read_text())
    return found


def recall(texts: Sequence[str], questions: Sequence[str], most: int) -> tuple[float, float]:
    """Return the shares of questions whose passage is among the first: by words alone, and by both. Needs the model."""
    model = embedder()
    assert model is not None
    passages = [Passage(f"p{place}", "lesson", "course", text) for place, text in enumerate(texts)]
    vectors = [model.of_passage(text) for text in texts]
    by_words = by_both = 0
    for passage, question in zip(passages, questions, strict=True):
        words = retrieval.best(passages, question, _RANKED)
        cosines = zip(model.nearness(question, vectors), passages, strict=True)
        ranked = sorted(cosines, key=lambda pair: -pair[0])[:_RANKED]
        near = [each for cosine, each in ranked if cosine >= model.least]
        by_words += passage in words[:most]
        by_both += passage in fused([words, near], most)
    return by_words / len(texts), by_both / len(texts)


def figures() -> Iterator[Figure]:
    """Yield each figure with the data that it was measured on."""
    known = lessons()
    texts = [each["text"] for each in known["passages"]]
    for language, how in LANGUAGES.items():
        questions = [each[language] for each in known["passages"]]
        yield from _both(
            f"found among the first {_FIRST}, {how}", recall(texts, questions, _FIRST), f"{len(texts)} own"
        )
    yield "questions about something else that are let through", _let_through(known), "20 own"
    if folder := os.environ.get("LYCEUM_AFRIQA"):
        yield from _afriqa(Path(folder))


def _both(name: str, shares: tuple[float, float], data: str) -> Iterator[Figure]:
    yield f"{name}: by words", shares[0], data
    yield f"{name}: by both", shares[1], data


def _let_through(known: dict[str, Any]) -> float:
    model = embedder()
    assert model is not None
    vectors = [model.of_passage(each["text"]) for each in known["passages"]]
    highest = [max(model.nearness(each, vectors)) for each in known["elsewhere"]]
    return sum(each >= model.least for each in highest) / len(highest)


def _afriqa(folder: Path) -> Iterator[Figure]:
    for language in _AFRIQA_LANGUAGES:
        lines = (folder / f"queries.afriqa.{language}.en.test.json").read_text().splitlines()[:_OF_AFRIQA]
        rows = [json.loads(line) for line in lines]
        shares = recall([each["translated_question"] for each in rows], [each["question"] for each in rows], 6)
        yield from _both(f"found among the first 6, {language}", shares, f"AfriQA, {len(rows)} questions")
