"""What follows for a student's days, cards and plans from exams, reviews and study sessions."""

from collections.abc import Sequence
from typing import Any

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.events.study import ReviewGraded, StudyRecorded
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit
from lyceum.kit.table.fetching import fetch_many
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.study.learners import Learner, StudyClock
from lyceum.model.study.reviews import ReviewLog
from lyceum.model.users.account import User
from lyceum.rules import revisions

from functions.study import activity
from functions.study.plans import progress
from functions.study.reviews import feeding, piles, queue, reminders

consumer = Consumer("study-events")
handler = consumer.handler


@consumer.on(ExamCompleted)
@consumer.on(ExamReleased)
def count_exam(event: ExamCompleted | ExamReleased, unit: Unit) -> None:
    """Count an exam whose result its student may know: its time, its answers, and a grade for each of them.

    One that waits for a grader, or whose result is kept back, is counted when it is released.
    """
    if event.percent is not None and event.is_released:
        _count_exam(event, unit)


@consumer.on(ExamGraded)
def count_graded(event: ExamGraded, unit: Unit) -> None:
    """Count an exam whose score is complete for the first time; a score that changes later gives no second grade."""
    if event.earlier_revision is None and event.is_released:
        _count_exam(event, unit)


def _count_exam(event: ExamCompleted | ExamGraded, unit: Unit) -> None:
    rows = _rows(event.exam_id, event.revision)
    if rows is None:
        return
    session, user, learner, study_clock = fetch_many(
        ExamSession.at(exam_id=event.exam_id),
        User.at(user_id=event.user_id),
        Learner.at(user_id=event.user_id),
        StudyClock.at(user_id=event.user_id),
        consistent=True,
    )
    learner, is_changed = _feed(event, rows, learner or Learner(user_id=event.user_id), unit)
    amount = _amount(rows)
    study_clock = study_clock or StudyClock(user_id=event.user_id)
    amount.seconds = _spent(event, session, rows, study_clock)
    _record(unit, learner, user, amount, event, study_clock, is_changed=is_changed)


def _feed(
    event: ExamCompleted | ExamGraded, rows: Sequence[dict[str, Any]], learner: Learner, unit: Unit
) -> tuple[Learner, bool]:
    """Grade the cards of an exam: those that are stored in parts that happen once, new ones in piles with the unit.

    Returns the learner as it is then, and whether it names new piles.
    """
    if piles.has_of(learner, event.exam_id):  # so it was counted before
        return learner, False
    graded, at = feeding.ratings(rows), event.finished_at
    wanted = [row for row in rows if row["question_id"] in graded]
    if piles.make_way(learner, set(graded)):
        learner = Learner.require(user_id=event.user_id, consistent=True)
    is_changed = False
    for number, start in enumerate(range(0, len(wanted), piles.MOST_CARDS)):
        fed = feeding.feed(event.user_id, event.exam_id, wanted[start : start + piles.MOST_CARDS], graded, at, learner)
        if not piles.has_room(learner):
            fed.store_all()
        if fed.known:
            with consumer.part(event, number) as part:
                fed.save(part, event.exam_id, at)
        if fed.new:
            piles.lay(unit, learner, event.exam_id, number, fed.new, at)
            fed.log(unit, event.exam_id, at, is_new=True)
            is_changed = True
    return learner, is_changed


def _rows(exam_id: str, revision: int) -> list[dict[str, Any]] | None:
    """Return how each question was marked in a revision, without those left out; None of a session that was removed."""
    marks = revisions.marks_of(exam_id, revision)
    return None if marks is None else [row for row in marks.marks if float(row["max_score"])]


def _amount(rows: Sequence[dict[str, Any]]) -> activity.Amount:
    amount = activity.Amount()
    for row in rows:
        if row["outcome"] in {"right", "partial", "wrong"}:
            is_right = row["outcome"] == "right"
            asked, right = amount.answers_by_topic.get(row["topic_id"], (0, 0))
            amount.answers_by_topic[row["topic_id"]] = asked + 1, right + is_right
            amount.questions += 1
            amount.correct += is_right
    return amount


def _spent(
    event: ExamCompleted | ExamGraded,
    session: ExamSession | None,
    rows: Sequence[dict[str, Any]],
    study_clock: StudyClock,
) -> int:
    """Return the time of an exam that no study session has covered: what its answers took, up to its end."""
    end = int(event.finished_at.timestamp())
    spent = sum(int(row["time_spent_seconds"]) for row in rows)
    begun = int(session.started_at.timestamp()) if session else end - spent
    fresh = activity.uncovered(study_clock, [(max(begun, end - spent), end)], event.at) if spent else []
    return sum(last - first for first, last in fresh)


def _record(
    unit: Unit,
    learner: Learner,
    user: User | None,
    amount: activity.Amount,
    event: ExamCompleted | ExamGraded,
    study_clock: StudyClock,
    *,
    is_changed: bool,
) -> None:
    if not amount.questions and not amount.seconds:
        return
    zone_name = user.time_zone if user else "UTC"
    is_sooner = bool(amount.questions) and reminders.plan(learner, user, event.at)
    moments = [(event.finished_at, amount)]
    (day,) = activity.record(unit, learner, moments, zone_name, always_save=is_sooner or is_changed)
    unit.save(study_clock)
    topics = list(amount.answers_by_topic)
    send(unit, activity.told(learner, day, "exam", amount, topic_ids=topics, course_id=event.course_id))


@consumer.on(ReviewGraded)
def count_review(event: ReviewGraded, unit: Unit) -> None:
    """Write the log row of a grade, and count the answer on its day."""
    unit.put(
        ReviewLog(
            user_id=event.user_id,
            review_id=event.event_id,
            question_id=event.question_id,
            rating=event.rating,
            reviewed_at=event.at,
            elapsed_days=event.elapsed_days,
            stability=event.stability,
            difficulty=event.difficulty,
            duration_seconds=event.duration_seconds,
        )
    )
    user, found = fetch_many(User.at(user_id=event.user_id), Learner.at(user_id=event.user_id), consistent=True)
    learner, zone_name = found or Learner(user_id=event.user_id), user.time_zone if user else "UTC"
    is_sooner = reminders.plan(learner, user, event.at)
    is_right = event.rating > 1
    answers = {event.topic_id: (1, int(is_right))} if event.topic_id else {}
    amount = activity.Amount(questions=1, correct=int(is_right), answers_by_topic=answers)
    reviewed_on, _ = queue.study_day(event.at, zone_name)
    (day,) = activity.record(
        unit, learner, [(event.at, amount)], zone_name, reviewed_on=reviewed_on, always_save=is_sooner
    )
    send(unit, activity.told(learner, day, "review", amount, course_id=event.course_id))


@consumer.on(StudyRecorded)
def follow_plans(event: StudyRecorded, unit: Unit) -> None:
    """Count what was done towards the plans that it belongs to."""
    progress.count(event, unit)
