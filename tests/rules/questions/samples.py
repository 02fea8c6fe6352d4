"""One question of each type in the authors' form, with a response that is wholly right and one that is wholly wrong."""

from typing import Any, NamedTuple

from lyceum.rules.questions.storage import content_of, key_of
from lyceum.rules.questions.types import AnyQuestion, read_question

TOPIC = "0" * 26
OPTIONS = [{"id": name, "text": f"choice {name}"} for name in "abcd"]
CAPITALS = {"Nigeria": "Abuja", "Ghana": "Accra", "Kenya": "Nairobi"}

AUTHORED: dict[str, dict[str, Any]] = {
    "single": {"options": [{**OPTIONS[0], "feedback": "no, canary"}, *OPTIONS[1:]], "correctOptionIds": ["b"]},
    "multiple": {"options": OPTIONS, "correctOptionIds": ["a", "c"]},
    "true_false": {"correct": True},
    "numeric": {"value": "9.81", "tolerance": {"kind": "absolute", "amount": "0.02"}, "unit": "m/s2"},
    "short_text": {"accepted": [{"text": "photosynthesis"}, {"text": "photo*", "credit": "0.5"}]},
    "matching": {
        "prompts": [{"id": str(number), "text": name} for number, name in enumerate(CAPITALS)],
        "choices": [{"id": str(number), "text": name} for number, name in enumerate([*CAPITALS.values(), "Lagos"])],
        "pairs": {str(number): str(number) for number in range(3)},
    },
    "ordering": {
        "items": [{"id": str(number), "text": name} for number, name in enumerate(("egg", "larva", "pupa", "adult"))],
        "correctOrder": list("0123"),
    },
    "cloze": {
        "stem": "Water boils at {{1}} °C, is written {{2}}, and is a {{3}} at room temperature.",
        "gaps": {
            "1": {"type": "numeric", "value": 100, "tolerance": {"kind": "relative", "amount": "0.01"}},
            "2": {"type": "short_text", "accepted": [{"text": "H2O"}], "caseSensitive": True},
            "3": {
                "type": "single",
                "options": [{"id": "a", "text": "gas"}, {"id": "b", "text": "liquid"}],
                "correctOptionIds": ["b"],
            },
        },
    },
    "theory": {
        "rubric": {
            "criteria": [
                {"id": "a", "text": "names the law", "points": 3},
                {"id": "b", "text": "applies it", "points": 1},
            ]
        },
        "wordLimit": 300,
    },
    "practical": {
        "fileKinds": ["pdf"],
        "maxFiles": 2,
        "rubric": {"criteria": [{"id": "a", "text": "complete", "points": 5}]},
    },
}
SCORED = [kind for kind in AUTHORED if kind not in {"theory", "practical"}]


def fields(kind: str, **changes: Any) -> dict[str, Any]:
    """Return a question of a type in the authors' form."""
    return {
        "type": kind,
        "topicId": TOPIC,
        "stem": f"A {kind} question",
        "difficulty": "easy",
        **AUTHORED[kind],
        **changes,
    }


class Sample(NamedTuple):
    """A question taken apart, with its two responses."""

    question: AnyQuestion
    content: dict[str, Any]
    key: dict[str, Any]
    right: dict[str, Any]
    wrong: dict[str, Any]


def sample(kind: str, **changes: Any) -> Sample:
    """Read a question of a type, with changes, and answer it."""
    question = read_question(fields(kind, **changes))
    content, key = content_of(question), key_of(question)
    return Sample(question, content, key, *_RESPONSES[kind](key))


def others(key: dict[str, Any], letters: str = "abcd") -> list[str]:
    """Return the options that are not right."""
    return [letter for letter in letters if letter not in key["correct_option_ids"]]


def responses(kind: str, key: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Answer a question of a type rightly and wrongly, by the key that it was stored with."""
    right, wrong = _RESPONSES[kind](key)
    return right, wrong


_FILLS = {"1": {"number": "99.5"}, "2": {"text": "H2O"}}
_RESPONSES: dict[str, Any] = {
    "single": lambda key: ({"option_ids": key["correct_option_ids"]}, {"option_ids": others(key)[:1]}),
    "multiple": lambda key: ({"option_ids": key["correct_option_ids"]}, {"option_ids": others(key)}),
    "true_false": lambda key: ({"is_true": key["correct"]}, {"is_true": not key["correct"]}),
    "numeric": lambda key: ({"number": key["value"]}, {"number": "0"}),
    "short_text": lambda _: ({"text": " PHOTOSYNTHESIS"}, {"text": "respiration"}),
    "matching": lambda key: (
        {"matches": key["pairs"]},
        {"matches": dict(zip(key["pairs"], [*list(key["pairs"].values())[1:], key["pairs"]["p1"]], strict=True))},
    ),
    "ordering": lambda key: ({"order": key["correct_order"]}, {"order": key["correct_order"][::-1]}),
    "cloze": lambda key: (
        {"fills": {**_FILLS, "3": {"option_id": key["gaps"]["3"]["correct_option_ids"][0]}}},
        {
            "fills": {
                "1": {"number": "90"},
                "2": {"text": "h2o"},
                "3": {"option_id": others(key["gaps"]["3"], "ab")[0]},
            }
        },
    ),
    "theory": lambda _: ({"text": "Because."}, {"text": "No."}),
    "practical": lambda _: ({"file_ids": ["f1"]}, {"file_ids": ["f2"]}),
}
