"""A grade: one conditional write of the card, which carries its log row as an event."""

from datetime import date

from lyceum.events.study import ReviewGraded
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.kit.table.fetching import fetch_many
from lyceum.model.questions.question import Question
from lyceum.model.study.learners import Learner
from lyceum.model.study.reviews import ReviewCard

from functions.study.reviews import memory, piles, queue
from functions.study.reviews.schemas import RATINGS, GradedReview, GradeReview


def grade(caller: Principal, question_id: str, wanted: GradeReview) -> GradedReview:
    """Grade how well the caller remembered a question, and say when it is due next (1 read, 1 write).

    The first grade makes the card; where exams left cards in piles, it is looked for there first (2 requests a pile).
    Raises NotFound for a question that is not in the bank or that an exam keeps secret, and Conflict when the card was
    graded meanwhile.
    """
    now = clock.now()
    card, question, learner = fetch_many(
        ReviewCard.at(user_id=caller.user_id, question_id=question_id),
        Question.at(question_id=question_id),
        Learner.at(user_id=caller.user_id),
        consistent=True,
    )
    if question is None or not queue.is_shown(question, now):
        raise NotFound("There is no such question.")
    if card is None and learner is not None and learner.piles:
        card = next((each for each in piles.spread(learner) if each.question_id == question_id), None)
    review_id = wanted.review_id or ids.new_id()
    if card is not None and card.last_review_id == review_id:
        return _graded(card, wanted)
    if card is None:
        card = ReviewCard(user_id=caller.user_id, question_id=question_id, due_at=now)
    if wanted.repetitions is not None and wanted.repetitions != card.repetitions:
        raise Conflict("This was reviewed meanwhile, perhaps on another device.", code="EDIT_CONFLICT")
    elapsed = None if card.last_review_at is None else (now - card.last_review_at).total_seconds() / 86_400
    card.topic_id, card.course_id, card.last_review_id = question.topic_id, question.course_id, review_id
    rating = RATINGS.index(wanted.rating) + 1
    memory.grade(card, rating, now, exam_of(learner, question.course_id))
    event = ReviewGraded(
        event_id=review_id if wanted.review_id is None else ids.derived_id(now, "review", caller.user_id, review_id),
        user_id=caller.user_id,
        question_id=question_id,
        topic_id=question.topic_id,
        course_id=question.course_id,
        rating=rating,
        elapsed_days=elapsed,
        stability=float(card.stability),
        difficulty=float(card.difficulty),
        duration_seconds=wanted.duration_seconds,
    )
    Unit().save(card, event).commit()
    return _graded(card, wanted)


def exam_of(learner: Learner | None, course_id: str | None) -> date | None:
    """Return the next day for which an active plan of the student prepares in a course; None without one."""
    today = clock.now().date().isoformat()
    goals = learner.plans.values() if learner and course_id is not None else ()
    days = [goal["target_on"] for goal in goals if goal["course_id"] == course_id and goal["target_on"] > today]
    return date.fromisoformat(min(days)) if days else None


def _graded(card: ReviewCard, wanted: GradeReview) -> GradedReview:
    interval = (card.due_at - card.last_review_at).total_seconds() / 86_400
    return GradedReview(
        **queue.card_fields(card, clock.now()),
        review_id=card.last_review_id,
        rating=wanted.rating,
        interval_days=round(interval, 2),
    )
