"""The way of a question to mentors: whom it is offered to, in which order, and when to more of them.

A question is offered in waves. Each wave waits its time, by urgency; when nobody answered, the next one is sent.

1. Mentors of the subject who are there now.
2. More of the subject, there or not, and some who speak the asker's language.
3. Anybody who is left, up to a bound.
4. Escalation: it is assigned to the mentor who has least to do, and moderators are told.

Within a wave it is fair: who has the fewest questions waiting comes first, then who was offered one longest ago.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from lyceum.events.community import QuestionOffered
from lyceum.events.tutoring import MentorAssigned
from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.jobs import schedules
from lyceum.kit.table import Unit, batch_fetch, find_all
from lyceum.kit.table.fetching import fetch_many
from lyceum.model.community.questions import HelpQuestion, HelpRouting, MentorOffer, MentorTie, PooledMentor
from lyceum.model.mentors import MentorHours
from lyceum.rules.mentor_hours import is_there
from lyceum.tasks.community import RouteQuestion

from functions.community.questions import subjects

QUARTER = timedelta(minutes=15)
"""Questions that are due are looked for so often."""
ESCALATION = 4
MOST_WAITING = 20
"""Questions in a mentor's queue, above which none is offered but by escalation."""
WAITS = {
    "high": (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)),
    "medium": (timedelta(hours=1), timedelta(hours=3), timedelta(hours=8)),
    "low": (timedelta(hours=4), timedelta(hours=12), timedelta(hours=24)),
}
"""How long the waves 1 to 3 wait for an answer."""
_SIZES = {1: 3, 2: 5, 3: 15}
_WEIGHED = 100
"""Mentors whose hours are read for one wave."""


class Candidate(NamedTuple):
    """A mentor as routing weighs them for one question."""

    mentor: PooledMentor
    is_of_subject: bool
    is_of_language: bool
    is_there: bool


def route(question_id: str, wave: int, unit: Unit) -> None:
    """Offer a question to the mentors of a wave, or of the first one after it that has any (4 storage requests).

    Nothing happens when it is settled, held, or further on its way.
    """
    question, routing = fetch_many(
        HelpQuestion.at(question_id=question_id), HelpRouting.at(question_id=question_id), consistent=True
    )
    if question is None or routing is None or question.status != "open" or question.held or routing.wave >= wave:
        return
    now = clock.now()
    candidates = _weigh(question, routing, now)
    chosen: list[Candidate] = []
    while wave < ESCALATION and not chosen:
        chosen = choose(candidates, wave)
        wave += not chosen
    if wave >= ESCALATION:
        _escalate(unit, question, routing)
        return
    _offer(unit, question, routing, chosen, wave, now)
    routing.wave = wave
    routing.due_bucket = bucket_after(now + WAITS[question.urgency][wave - 1])
    told = QuestionOffered(
        question_id=question_id,
        mentor_ids=[each.mentor.mentor_id for each in chosen],
        title=question.title,
        subject=question.subject,
        urgency=question.urgency,
        asker_id=question.asker_id,
    )
    unit.replace(routing, told)


def _weigh(question: HelpQuestion, routing: HelpRouting, now: datetime) -> list[Candidate]:
    """Return everybody whom a question was not offered to, the fairest first."""
    left = [
        mentor
        for mentor in find_all(PooledMentor)
        if mentor.mentor_id != question.asker_id and mentor.mentor_id not in routing.offered_ids
    ]
    key = str(question.subject_key)
    left.sort(key=lambda mentor: (not subjects.covers(mentor.subjects, key), *_burden(mentor)))
    left = left[:_WEIGHED]
    hours = batch_fetch([MentorHours.at(user_id=mentor.mentor_id) for mentor in left]) if left else []
    return [
        Candidate(
            mentor,
            subjects.covers(mentor.subjects, key),
            mentor.language == question.language,
            is_there(each if isinstance(each, MentorHours) else None, now),
        )
        for mentor, each in zip(left, hours, strict=True)
    ]


def _burden(mentor: PooledMentor) -> tuple[int, str, str]:
    offered = clock.iso(mentor.offered_at) if mentor.offered_at else ""
    return int(mentor.open_offers), offered, str(mentor.mentor_id)


def choose(candidates: Sequence[Candidate], wave: int) -> list[Candidate]:
    """Return whom a wave offers a question to; candidates come in fair order, and nobody's queue is overfilled."""
    free = [each for each in candidates if each.mentor.open_offers < MOST_WAITING]
    if wave == 1:
        fitting = [each for each in free if each.is_of_subject and each.is_there]
    elif wave == 2:
        fitting = [each for each in free if each.is_of_subject or (each.is_of_language and each.is_there)]
    else:
        fitting = free
    fitting = sorted(fitting, key=lambda each: (not each.is_of_language, not each.is_there) if wave == 1 else ())
    return fitting[: _SIZES[wave]]


def _offer(
    unit: Unit, question: HelpQuestion, routing: HelpRouting, chosen: Sequence[Candidate], wave: int, now: datetime
) -> None:
    for each in chosen:
        reason = "subject" if each.is_of_subject else "language" if each.is_of_language and wave < 3 else "wider"
        _put_offer(unit, question, each.mentor, reason, now)
    routing.offered_ids = [*routing.offered_ids, *(each.mentor.mentor_id for each in chosen)]


def _put_offer(unit: Unit, question: HelpQuestion, mentor: PooledMentor, reason: str, now: datetime) -> None:
    offer = MentorOffer(mentor_id=mentor.mentor_id, question_id=question.question_id, reason=reason, offered_at=now)
    unit.put(offer)
    unit.change(mentor, PooledMentor.open_offers.add(1), PooledMentor.offered_at.set(now))


def _escalate(unit: Unit, question: HelpQuestion, routing: HelpRouting) -> None:
    """Assign a question to the mentor with least to do, whoever was offered it before, and tell moderators."""
    now = clock.now()
    routing.wave, routing.due_bucket = ESCALATION, None
    everybody = sorted(
        (mentor for mentor in find_all(PooledMentor) if mentor.mentor_id != question.asker_id),
        key=lambda mentor: (not subjects.covers(mentor.subjects, str(question.subject_key)), *_burden(mentor)),
    )
    if everybody and question.mentor_id is None and question.asker_id is not None:
        mentor = everybody[0]
        if mentor.mentor_id not in routing.offered_ids:
            routing.offered_ids = [*routing.offered_ids, mentor.mentor_id]
            _put_offer(unit, question, mentor, "escalated", now)
        unit.put(MentorTie(user_id=question.asker_id, mentor_id=mentor.mentor_id, question_id=question.question_id))
        assigned = MentorAssigned(
            student_id=question.asker_id,
            mentor_id=mentor.mentor_id,
            mentor_name=mentor.name,
            question_id=question.question_id,
            title=question.title,
        )
        is_open = (HelpQuestion.status == "open") & HelpQuestion.mentor_id.does_not_exist()
        unit.change(question, HelpQuestion.mentor_id.set(mentor.mentor_id), when=is_open)
        send(unit, assigned)
    unit.replace(
        routing,
        QuestionOffered(
            question_id=question.question_id,
            mentor_ids=[each.mentor_id for each in everybody[:1]],
            title=question.title,
            subject=question.subject,
            urgency=question.urgency,
            is_escalated=True,
            asker_id=question.asker_id,
        ),
    )


def settle(question_id: str, unit: Unit) -> None:
    """Take a question out of every queue: it was answered, closed, held or removed (2 storage requests)."""
    question, routing = fetch_many(
        HelpQuestion.at(question_id=question_id), HelpRouting.at(question_id=question_id), consistent=True
    )
    if routing is None:
        return
    offered = list(routing.offered_ids)
    pooled = batch_fetch([PooledMentor.at(mentor_id=name) for name in offered], consistent=True) if offered else []
    for name, mentor in zip(offered, pooled, strict=True):
        unit.remove(MentorOffer.at(mentor_id=name, question_id=question_id))
        if isinstance(mentor, PooledMentor) and mentor.open_offers:
            unit.change(mentor, PooledMentor.open_offers.add(-1))
    if question is None:
        unit.remove(routing)
        return
    routing.offered_ids, routing.due_bucket, routing.wave = [], None, 0
    is_open_again = question.status == "open" and not question.held
    unit.replace(routing, *([RouteQuestion(question_id=question_id, wave=1)] if is_open_again else []))


def bucket_after(moment: datetime) -> str:
    """Name the quarter of an hour (UTC) that begins at a moment or first after it."""
    start = schedules.start_of(moment, QUARTER)
    return schedules.bucket(start if start == moment else start + QUARTER)
