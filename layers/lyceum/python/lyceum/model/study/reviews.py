"""Spaced repetition: a card for each question that a student met, cards that wait in piles, and the log of grades."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit import clock, ids
from lyceum.kit.table.entity import Entity, Exact, Index, Keys, Moment, PackedJSON


class ReviewCard(Entity, discriminator="review_card"):
    """What a student's memory of a question is thought to be (FSRS-6), and when it is due for review.

    - `state`: 1 learning, 2 review, 3 relearning, as FSRS numbers them; `stability` in days, `difficulty` from 1 to 10.
    - `repetitions`, `lapses`: how often it was graded, and how often as forgotten.
    - `last_review_id`: the grade that made it what it is.
    """

    keys = Keys("REVIEW#{user_id}", "{question_id}", gsi1=Index("REVIEWDUE#{user_id}", "{due_at}#{question_id}"))
    noun = "review"

    user_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    topic_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    state = NumberAttribute(default=1)
    stability = Exact(null=True)
    difficulty = Exact(null=True)
    due_at = Moment()
    last_review_at = Moment(null=True)
    last_review_id = UnicodeAttribute(null=True)
    repetitions = NumberAttribute(default=0)
    lapses = NumberAttribute(default=0)


class ReviewPile(Entity, discriminator="review_pile"):
    """New cards of an exam that their student has not looked for: stored one by one once that happens.

    - `graded_at`: when the exam ended, which graded each of them for the first time.
    - `rows`: of each card its question, topic, course, state, stability, difficulty, when it is due, and its lapses.
    """

    keys = Keys("REVIEWPILE#{user_id}", "{exam_id}.{number}")
    noun = "reviews"
    is_stamped = False

    user_id = UnicodeAttribute()
    exam_id = UnicodeAttribute()
    number = NumberAttribute(default=0)
    graded_at = Moment()
    rows: Any = PackedJSON(default=list)

    @classmethod
    def of(cls, user_id: str, exam_id: str, number: int, cards: Iterable[ReviewCard], graded_at: datetime) -> Self:
        """Pile cards that an exam graded for the first time."""
        rows = [
            [
                *(card.question_id, card.topic_id, card.course_id, int(card.state)),
                *(str(card.stability), str(card.difficulty), clock.iso(card.due_at), int(card.lapses)),
            ]
            for card in cards
        ]
        return cls(user_id=user_id, exam_id=exam_id, number=number, graded_at=graded_at, rows=rows)

    @classmethod
    def named(cls, user_id: str, name: str) -> Self:
        """Name the pile that a learner's `piles` name."""
        exam_id, _, number = name.partition(".")
        return cls.at(user_id=user_id, exam_id=exam_id, number=int(number))

    @property
    def name(self) -> str:
        """How a learner's `piles` name it."""
        return f"{self.exam_id}.{int(self.number)}"

    def cards(self) -> list[ReviewCard]:
        """Return the cards as they are once they are stored one by one."""
        found = []
        for question_id, topic_id, course_id, state, stability, difficulty, due_at, lapses in self.rows:
            card: Any = ReviewCard.at(user_id=self.user_id, question_id=question_id)
            card.topic_id, card.course_id, card.state = topic_id, course_id, state
            card.stability, card.difficulty = Decimal(stability), Decimal(difficulty)
            card.due_at, card.last_review_at = clock.parse(due_at), self.graded_at
            card.last_review_id = ids.derived_id(self.graded_at, "exam", self.exam_id, question_id)
            card.repetitions, card.lapses, card.version = 1, lapses, 1
            found.append(card)
        return found


class ReviewLog(Entity, discriminator="review_log"):
    """One grade of a card, kept for fitting the model to its student; `elapsed_days` is since the grade before.

    An exam grades many cards at once: then `grades` has a row for each, with the fields of a single grade by name.
    """

    keys = Keys("REVIEWLOG#{user_id}", "{review_id}")
    noun = "review"

    user_id = UnicodeAttribute()
    review_id = UnicodeAttribute()
    question_id = UnicodeAttribute(null=True)
    rating = NumberAttribute(null=True)
    source = UnicodeAttribute(default="review")
    reviewed_at = Moment()
    elapsed_days = Exact(null=True)
    stability = Exact(null=True)
    difficulty = Exact(null=True)
    duration_seconds = NumberAttribute(null=True)
    grades: Any = PackedJSON(null=True)
