"""Cards of exams wait in piles until their student looks for cards, and are then as if they had been stored at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.table import Unit, find_all
from lyceum.model.study.learners import Learner
from lyceum.model.study.reviews import ReviewCard, ReviewLog, ReviewPile
from tests.study.conftest import Student
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.jobs import run
from tests.support.threads import at_once
from tests.support.workers import deliver

from functions.study import jobs
from functions.study.reviews import piles

DUE = "/api/reviews/due"
Sit = Callable[..., str]


def stored(student: Student) -> list[ReviewCard]:
    return list(find_all(ReviewCard, user_id=student.client.user_id))


def piled(student: Student) -> list[ReviewPile]:
    return list(find_all(ReviewPile, user_id=student.client.user_id))


def states(student: Student) -> dict[str, Any]:
    """All cards as they are, or as they will be stored."""
    cards = [*(card for pile in piled(student) for card in pile.cards()), *stored(student)]
    names = ("state", "stability", "difficulty", "due_at", "last_review_at", "last_review_id", "repetitions", "lapses")
    return {card.question_id: [getattr(card, name) for name in (*names, "topic_id", "course_id")] for card in cards}


@contextmanager
def nothing_piled() -> Iterator[None]:
    with patch.object(piles, "has_room", lambda _learner: False):
        yield


def test_an_exam_leaves_one_pile_and_a_look_at_what_is_due_spreads_it(
    student: Student, questions: list[str], sit: Sit, clock: Clock
) -> None:
    exam_id = sit(["right", "wrong", "partial", "right", "blank"])
    assert stored(student) == []
    assert [pile.name for pile in piled(student)] == [f"{exam_id}.0"]
    clock.advance(days=1)
    expected = states(student)
    first = student.client.get(DUE)
    assert {review["questionId"] for review in first.data["reviews"]} >= {questions[1], questions[2]}
    assert (piled(student), Learner.require(user_id=student.client.user_id).piles) == ([], None)
    assert {card.question_id for card in stored(student)} == set(questions[:4])
    assert states(student) == expected
    second = student.client.get(DUE)
    assert {**second.data, "asOf": ""} == {**first.data, "asOf": ""}
    assert second.cost.operations == ["Query", "BatchGetItem"], "from then on a look costs what it always did"


def test_a_grade_finds_the_card_in_its_pile(student: Student, questions: list[str], sit: Sit, clock: Clock) -> None:
    sit(["wrong", "right"])
    clock.advance(days=2)
    path = f"/api/reviews/{questions[0]}"
    assert student.client.post(path, {"rating": "good", "repetitions": 0}).status == 409
    graded = student.client.post(path, {"rating": "good", "repetitions": 1}).data
    assert (graded["repetitions"], graded["lapses"]) == (2, 1)
    assert len(stored(student)) == 2


def test_a_second_exam_with_the_same_questions_grades_their_cards_again(
    student: Student, questions: list[str], sit: Sit, clock: Clock
) -> None:
    sit(["wrong", "right"])
    clock.advance(days=3)
    sit(["right", "right", "wrong"])
    assert {card.question_id: int(card.repetitions) for card in stored(student)} == dict.fromkeys(questions[:2], 2)
    (pile,) = piled(student)
    assert [card.question_id for card in pile.cards()] == [questions[2]]
    logs = sorted(find_all(ReviewLog, user_id=student.client.user_id), key=lambda log: log.reviewed_at)
    assert sorted(len(log.grades) for log in logs) == [1, 2, 2]


def test_what_is_told_again_makes_no_second_pile_and_no_second_grade(
    student: Student, cloud: Cloud, tenant: str, sit: Sit, clock: Clock
) -> None:
    sit(["wrong", "right"])
    cloud.known.pop(tenant)
    assert deliver(cloud, tenant, only="study") == 0
    assert len(piled(student)) == 1
    clock.advance(days=1)
    student.client.get(DUE)
    before = states(student)
    cloud.known.pop(tenant, None)
    assert deliver(cloud, tenant, only="study") == 0
    assert (piled(student), states(student)) == ([], before)


def test_two_who_look_at_once_store_each_card_once(student: Student, sit: Sit, clock: Clock) -> None:
    sit(["wrong", "right", "wrong"])
    clock.advance(days=1)
    learner = Learner.require(user_id=student.client.user_id)
    found = at_once(*[lambda: piles.spread(learner)] * 3)
    assert all(len(cards) in {0, 3} for cards in found)
    assert (len(stored(student)), piled(student)) == (3, [])
    assert [int(card.version) for card in stored(student)] == [1, 1, 1]


def test_a_card_that_was_graded_while_its_exam_was_counted_stays(
    student: Student, questions: list[str], sit: Sit, clock: Clock
) -> None:
    sit(["wrong", "right"])
    mine = ReviewCard(user_id=student.client.user_id, question_id=questions[0], due_at=clocks.now(), repetitions=7)
    Unit().create(mine).commit()
    clock.advance(days=1)
    student.client.get(DUE)
    assert {card.question_id: int(card.repetitions) for card in stored(student)} == {questions[0]: 7, questions[1]: 1}
    assert piled(student) == []


def test_reminders_count_what_waits_in_piles_and_leave_it_there(
    student: Student, cloud: Cloud, tenant: str, sit: Sit, clock: Clock
) -> None:
    sit(["wrong", "wrong", "right"])
    for _ in range(36):
        clock.advance(hours=1)
        run(jobs, "review_reminders")
    assert deliver(cloud, tenant, only="notifications") == 0
    inbox = student.client.get("/api/notifications").data
    told = [message["body"] for message in inbox if message["type"] == "review.due"]
    assert told == ["2 questions wait for your review today."]
    assert len(piled(student)) == 1


def test_who_never_looks_has_a_bounded_number_of_piles(student: Student, questions: list[str], sit: Sit) -> None:
    with patch.object(piles, "_MOST_PILES", 1):
        sit(["wrong"])
        learner = Learner.require(user_id=student.client.user_id)
        assert not piles.has_room(learner)
        sit(["blank", "wrong"])
    assert len(piled(student)) == 1
    assert [card.question_id for card in stored(student)] == [questions[1]]


def drawn(chance: Random) -> tuple[str, Any]:
    """Draw what somebody does next."""
    kind = chance.choice(["exam", "exam", "look", "grade"])
    if kind == "exam":
        return kind, [chance.choice(["right", "wrong", "partial", "blank"]) for _ in range(chance.randint(1, 6))]
    return kind, (chance.randrange(6), chance.choice(["again", "good"]))


@pytest.mark.parametrize("seed", range(12))
def test_piles_change_nothing_of_what_somebody_is_to_review(
    student: Student, questions: list[str], sit: Sit, clock: Clock, settle: Callable[[], None], seed: int
) -> None:
    """The same steps, with cards that are stored at once and with piles, come to the same queues and cards."""
    chance = Random(seed)
    steps = [drawn(chance) for _ in range(7)]
    begin, seen = clocks.now(), []
    for way in (nothing_piled, nullcontext):
        clock.move_to(begin)
        with way():
            seen.append([_step(student, questions, sit, clock, settle, *step) for step in steps])
            seen[-1].append({name: card[:5] + card[6:] for name, card in states(student).items()})
        _forget(student.client.user_id)
    assert seen[0] == seen[1]


def _forget(user_id: str) -> None:
    unit = Unit()
    for kind in (ReviewCard, ReviewPile, ReviewLog):
        for item in find_all(kind, user_id=user_id):
            unit.remove(item)
    unit.remove(Learner.at(user_id=user_id))
    unit.commit()


def _step(
    student: Student, questions: list[str], sit: Sit, clock: Clock, settle: Callable[[], None], kind: str, what: Any
) -> Any:
    clock.advance(days=2, hours=1)
    if kind == "exam":
        sit(what)
        return None
    if kind == "look":
        found = student.client.get(DUE).data
        return found["dueCount"], [review["questionId"] for review in found["reviews"]]
    place, rating = what
    graded = student.client.post(f"/api/reviews/{questions[place]}", {"rating": rating})
    settle()
    return graded.data["repetitions"], graded.data["lapses"]
