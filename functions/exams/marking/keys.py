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
    found = ((entry, keys[entry["question_id"]]) for entry in entries if entry["question_id"] in keys)
    return {entry["question_id"]: Key(entry["revision"], key.key, _pin(entry, key)) for entry, key in found}


def _pin(entry: Mapping[str, Any], key: AnswerKey) -> str | None:
    """Return the hash of the key that a paper pins; a key that was ruled to count instead is pinned by the ruling."""
    return key.hash if key.revision == entry["revision"] else None


_FIELDS = {
    "single": "correct_option_ids",
    "multiple": "correct_option_ids",
    "true_false": "correct",
    "numeric": "value",
    "short_text": "accepted",
    "matching": "pairs",
    "ordering": "correct_order",
    "cloze": "gaps",
}


def fits(asked: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
    """Say whether a key can judge a question, or one gap of it, as it was asked: of its type, naming only its parts."""
    field = _FIELDS.get(asked["type"])
    if field is None:
        return not set(_FIELDS.values()) & key.keys()
    if field not in key:
        return False
    if field == "gaps":
        gaps = asked["gaps"]
        return gaps.keys() == key["gaps"].keys() and all(fits(gap, key["gaps"][name]) for name, gap in gaps.items())
    if field == "correct_option_ids":
        right = key[field]
        return _names(asked, "options") >= set(right) and (asked["type"] == "multiple" or len(right) == 1)
    if field == "pairs":
        return _names(asked, "prompts") == key[field].keys() and _names(asked, "choices") >= set(key[field].values())
    return field != "correct_order" or _names(asked, "items") == set(key[field])


def _names(asked: Mapping[str, Any], parts: str) -> set[str]:
    return {part["id"] for part in asked[parts]}


def hash_of_keys(keys: Mapping[str, Key]) -> str:
    """Name the keys that a score was computed with, so that a replay can tell whether they are the same (EXAM G8)."""
    plain = [[name, key.revision, key.key] for name, key in sorted(keys.items())]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
