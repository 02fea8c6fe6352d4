"""The queue of a day: what is due before the student's day ends at 04:00, capped, and spread after a break.

Of a pile that the cap does not hold, what is still remembered best comes first: it takes the least to keep, while what
is forgotten already loses little by waiting. The rest comes on the days after.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, batch_fetch, find
from lyceum.kit.values import local_time, time_zones
from lyceum.model.questions.question import Question
from lyceum.model.study.learners import DailyTotals, Learner
from lyceum.model.study.reviews import ReviewCard
from lyceum.model.users.account import User
from lyceum.rules.questions import passages
from lyceum.rules.questions.topic_sampler import is_embargoed
from lyceum.rules.questions.views import ContentView

from functions.study.reviews import memory, piles
from functions.study.reviews.schemas import CardView, DueQuery, DueReview, DueReviews, ReviewQuestion

TURN = time(4)
"""When a day of reviews begins: late in the night is still the day before."""
MOST_DUE = 300
_SPARE = 20
"""Questions that are read beyond those that are shown, in place of retired and embargoed ones."""


def due(caller: Principal, query: DueQuery) -> DueReviews:
    """Return what the caller is to review today (2 requests, and 2 where questions are about a passage).

    A question comes with its passage, and not while that is secret. Cards that exams left in piles are stored first,
    which costs 2 requests a pile, once.
    """
    now = clock.now()
    until = now + timedelta(days=1)
    cards = find(
        ReviewCard, index="gsi1", user_id=caller.user_id, to_sort=f"{clock.iso(until)}#~", limit=MOST_DUE
    ).items
    ordered = in_order(cards, now)
    found = _beside(caller, ordered, query, now)
    learner = next((item for item in found if isinstance(item, Learner)), None)
    if learner is not None and learner.piles:
        ordered = in_order(_soonest([*piles.spread(learner), *cards], until), now)
        found = _beside(caller, ordered, query, now)
    zone_name = next((item.time_zone for item in found if isinstance(item, User)), "UTC")
    day, ends_at = study_day(now, zone_name)
    done = sum(int(item.reviews) for item in found if isinstance(item, DailyTotals) and item.day == day.isoformat())
    known = [item for item in found if isinstance(item, Question) and is_shown(item, now)]
    told, _ = passages.whole_groups(known, lambda question: is_shown(question, now))
    questions = {item.question_id: item for item in told}
    today = [card for card in ordered if card.due_at < ends_at]
    left = max(0, min(len(today), query.daily_cap - done))
    shown = [card for card in today if card.question_id in questions][: min(query.limit, left)]
    return DueReviews(
        date=day,
        reviews=[_due_review(card, questions[card.question_id], now) for card in shown],
        due_count=len(today),
        done_today=done,
        left_today=left,
        day_ends_at=ends_at,
        as_of=now,
    )


def _beside(caller: Principal, ordered: Sequence[ReviewCard], query: DueQuery, now: datetime) -> list[Entity | None]:
    """Read the account, the learner, the days around now, and the questions of the first cards (1 request)."""
    days = [(now.date() + timedelta(days=number)).isoformat() for number in (-1, 0, 1)]
    return batch_fetch(
        [
            User.at(user_id=caller.user_id),
            Learner.at(user_id=caller.user_id),
            *(DailyTotals.at(user_id=caller.user_id, day=day) for day in days),
            *(Question.at(question_id=card.question_id) for card in ordered[: query.limit + _SPARE]),
        ]
    )


def _soonest(cards: Sequence[ReviewCard], until: datetime) -> list[ReviewCard]:
    """Return the cards that come due first, each once: the index may not yet tell of those that were just stored."""
    unique = {card.question_id: card for card in cards if card.due_at <= until}
    return sorted(unique.values(), key=lambda card: card.due_at)[:MOST_DUE]


def in_order(cards: list[ReviewCard], now: datetime) -> list[ReviewCard]:
    """Order cards: those that are due, by falling probability of being remembered, then those of later today."""
    return sorted(
        cards, key=lambda card: (card.due_at > now, -round(memory.retrievability(card, now), 6), card.question_id)
    )


def study_day(now: datetime, zone_name: str) -> tuple[date, datetime]:
    """Return the day of reviews that a moment is in, and when it ends."""
    zone = time_zones.zone(zone_name)
    ends_at = local_time.next_at(TURN, zone, now)
    return local_time.day_of(ends_at, zone) - timedelta(days=1), ends_at


def is_shown(question: Question, now: datetime) -> bool:
    """Say whether a question may be asked: it is in the bank, and no exam keeps it secret."""
    return question.status == "approved" and not is_embargoed(question, now)


def card_fields(card: ReviewCard, now: datetime) -> dict[str, object]:
    """Return what is shown of a card."""
    return CardView(
        question_id=card.question_id,
        topic_id=card.topic_id,
        course_id=card.course_id,
        due_at=card.due_at,
        stability_days=None if card.stability is None else round(float(card.stability), 2),
        difficulty=None if card.difficulty is None else round(float(card.difficulty), 2),
        retrievability=round(memory.retrievability(card, now), 4),
        repetitions=int(card.repetitions),
        lapses=int(card.lapses),
        last_review_at=card.last_review_at,
    ).model_dump()


def _due_review(card: ReviewCard, question: Question, now: datetime) -> DueReview:
    asked = ReviewQuestion(
        type=question.type,
        stem=question.stem,
        difficulty=question.difficulty,
        content=ContentView.model_validate(question.content),
    )
    return DueReview(**card_fields(card, now), question=asked)
