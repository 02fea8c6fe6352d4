"""How a candidate sees a question: nothing of its key, and an order that depends on the seed alone."""

from collections import Counter

import pytest

from lyceum.model.questions.question import Question
from lyceum.rules.questions.presentation import present
from tests.rules.questions.samples import AUTHORED, OPTIONS, sample


def question(kind: str, **changes: object) -> Question:
    asked = sample(kind, **changes)
    stem = asked.question.stem
    return Question(
        question_id="q",
        topic_id="t",
        type=kind,
        stem=stem,
        difficulty="easy",
        content=asked.content,
        hints=["canary"],
        revision=1,
    )


@pytest.mark.parametrize("kind", AUTHORED)
def test_the_same_seed_shows_the_same_and_no_key_is_in_it(kind: str) -> None:
    first, again, other = (present(question(kind), seed, shuffle_options=True) for seed in ("one", "one", "two"))
    assert first == again
    assert "canary" not in str(first)
    assert set(first) - set(sample(kind).content) == {
        "question_id",
        "revision",
        "type",
        "topic_id",
        "difficulty",
        "marks",
        "stem",
    }
    assert first.keys() == other.keys()


@pytest.mark.parametrize(("kind", "parts"), [("matching", "choices"), ("ordering", "items")])
def test_an_order_that_could_be_the_key_is_always_shuffled(kind: str, parts: str) -> None:
    orders = Counter(
        tuple(part["id"] for part in present(question(kind), str(seed), shuffle_options=False)[parts])
        for seed in range(2400)
    )
    assert len(orders) == 24
    assert sum((count - 100) ** 2 / 100 for count in orders.values()) < 72  # chi-square, 23 degrees, 1 - 1e-6


def test_options_stay_when_they_are_not_to_be_shuffled_and_in_gaps_too() -> None:
    assert [option["id"] for option in present(question("single"), "seed", shuffle_options=False)["options"]] == list(
        "abcd"
    )
    orders = {
        "".join(
            option["id"]
            for option in present(question("cloze"), str(seed), shuffle_options=True)["gaps"]["3"]["options"]
        )
        for seed in range(20)
    }
    assert orders == {"ab", "ba"}
    assert {
        present(question("cloze"), str(seed), shuffle_options=False)["gaps"]["3"]["options"][0]["id"]
        for seed in range(20)
    } == {"a"}


def test_s3_pinned_options_keep_their_place() -> None:
    options = [*OPTIONS, {"id": "e", "text": "none of the above", "pinned": True}]
    shown = [
        present(question("single", options=options), str(seed), shuffle_options=True)["options"] for seed in range(50)
    ]
    assert {each[-1]["id"] for each in shown} == {"e"}
    assert len({each[0]["id"] for each in shown}) == 4
    assert all(option.keys() == {"id", "text"} for each in shown for option in each)
