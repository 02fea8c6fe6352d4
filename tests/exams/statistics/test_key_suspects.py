"""A wrong key is noticed by how the best answer, and clean papers are let through."""

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.papers.sittings import sitting

from functions.exams.statistics.key_suspects import RIGHT, choice, suspects


def test_a_planted_wrong_key_is_mostly_found_and_clean_papers_go_through() -> None:
    random = Random(7)
    found = 0
    for _ in range(40):
        wrong = random.randrange(60)
        found += f"Q{wrong:03d}" in {each.question_id for each in suspects(sitting(random, wrong=wrong))}
    held = sum(bool(suspects(sitting(random))) for _ in range(40))
    assert found >= 36
    assert held <= 4


def test_a_suspect_says_what_the_better_ones_took() -> None:
    random = Random(3)
    [worst, *_] = suspects(sitting(random, takers=300, wrong=5))
    assert (worst.question_id, worst.option) == ("Q005", "a")
    assert worst.took_it > worst.took_key
    assert worst.discrimination < 0


def test_few_takers_say_nothing() -> None:
    assert suspects(sitting(Random(1), takers=19, wrong=0)) == []
    assert suspects([]) == []


def test_only_answers_with_one_choice_count() -> None:
    def row(outcome: str, response: dict[str, Any] | None) -> dict[str, Any]:
        return {"outcome": outcome, "response": response}

    assert choice(row("right", {"option_ids": ["b"]})) == RIGHT
    assert choice(row("wrong", {"option_ids": ["b"]})) == "b"
    assert choice(row("wrong", {"is_true": False})) == "false"
    assert choice(row("wrong", {"option_ids": ["a", "b"]})) is None
    assert choice(row("blank", None)) is None
    assert choice(row("right", {"number": "4"})) is None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(20, 60))
def test_the_order_of_takers_changes_nothing(seed: int, takers: int) -> None:
    random = Random(seed)
    rows = sitting(random, takers=takers, items=12, wrong=3)
    shuffled = random.sample(rows, len(rows))
    assert {each.question_id for each in suspects(rows)} == {each.question_id for each in suspects(shuffled)}
