"""Answer keys of a paper: read, pinned, hashed."""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lyceum.kit.table import batch_fetch
from lyceum.model.exams.assessments import Assessment
from lyceum.model.questions.question import AnswerKey, Question

from functions.exams.marking.scoring import Key


def key_name(entry: Mapping[str, Any], rulings: Mapping[str, Any]) -> AnswerKey:
    """Name the key of a question: that of the revision that was asked, or of the one that was ruled to count."""
    revision = rulings.get(entry["question_id"], {}).get("revision", entry["revision"])
    return AnswerKey.at(question_id=entry["question_id"], revision=revision)


NO_RULINGS: Mapping[str, Any] = MappingProxyType({})


def answer_keys(entries: list[dict[str, Any]], rulings: Mapping[str, Any] = NO_RULINGS) -> dict[str, AnswerKey]:
    """Read the keys of questions that count (1 storage request for a hundred)."""
    names = [key_name(entry, rulings) for entry in entries]
    return {key.question_id: key for key in batch_fetch(names) if isinstance(key, AnswerKey)}


def keys_and_questions(
    entries: list[dict[str, Any]], rulings: Mapping[str, Any], assessment_id: str | None
) -> tuple[dict[str, Key], list[Question | Assessment]]:
    """Read the keys of a paper, and its questions and assessment as they stand now (1 storage request for fifty)."""
    names = [Question.at(question_id=entry["question_id"]) for entry in entries]
    exam = [Assessment.at(assessment_id=assessment_id)] if assessment_id else []
    found = batch_fetch([*(key_name(entry, rulings) for entry in entries), *names, *exam])
    keys = {item.question_id: item for item in found if isinstance(item, AnswerKey)}
    return pinned_keys(entries, keys), [item for item in found if isinstance(item, (Question, Assessment))]


def keys_of(entries: list[dict[str, Any]], rulings: Mapping[str, Any] = NO_RULINGS) -> dict[str, Key]:
    """Read the keys of a paper's questions as scoring takes them."""
    return pinned_keys(entries, answer_keys(entries, rulings))


def pinned_keys(entries: list[dict[str, Any]], keys: Mapping[str, AnswerKey]) -> dict[str, Key]:
    """Return keys as those of the revisions that were asked, whichever they were taken from."""
    return {
        entry["question_id"]: Key(entry["revision"], keys[entry["question_id"]].key)
        for entry in entries
        if entry["question_id"] in keys
    }


def hash_of_keys(keys: Mapping[str, Key]) -> str:
    """Name the keys that a score was computed with, so that a replay can tell whether they are the same (EXAM G8)."""
    plain = [[name, key.revision, key.key] for name, key in sorted(keys.items())]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
