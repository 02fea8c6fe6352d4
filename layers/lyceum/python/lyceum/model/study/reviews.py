"""Spaced repetition: a card for each question that a student met, and the log of grades."""

from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

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
