"""How far students are: which parts are completed, how long they studied, what is left.

Completing reads the course as it is, adds one part to the student's own set and, with the last required part, completes
the course, all in one write that holds only if nothing of the enrolment changed since. So each part and each course is
completed once, whatever comes twice or at once. What a course asks for may change at any time, and then every student
is looked at again. That writes to whoever lacks a single part, so that a part completed at the same moment by what the
course asked for before is refused, and completed by what it asks for now.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.courses import CourseCompleted, CourseUncompleted
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.event import Event
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.rules.courses import course_access
from lyceum.rules.courses.course_parts import KINDS, PartKind, Parts, completed_ids, counted, percent

from functions.courses.enrolments.schemas import LessonCompletion, Progress, ProgressView, Tally, TimeSpent

_TRIES = 4


@frozen
class Completion:
    """What is recorded of a part: the enrolment as it is now, the share completed, and whether it was so before."""

    enrolment: Enrolment
    percent: int
    is_repeated: bool


@frozen
class QuizResult:
    """Whether an attempt at a quiz is passed, by a revision of its marks."""

    quiz_id: str
    exam_id: str
    revision: int
    is_passed: bool


def summary(parts: Parts, enrolment: Enrolment, studied_at: datetime | None = None) -> Progress:
    """Count what is completed of each kind."""
    done = completed_ids(enrolment)
    tallies = {
        kind: Tally(completed=len(done.intersection(parts.by_kind[kind])), total=len(parts.by_kind[kind]))
        for kind in KINDS
    }
    active = max(filter(None, (enrolment.last_activity_at, studied_at)), default=None)
    return Progress(**tallies, percent=percent(parts, done), last_activity_at=active)


def complete(course_id: str, user_id: str, kind: PartKind, part_id: str, *events: Event) -> Completion:
    """Complete a part of a course; a second time changes nothing.

    Raises NotFound for a part or a course that is gone, and Forbidden for somebody who is not in the course.
    """
    for _ in range(_TRIES):
        course, parts, enrolment = _read(course_id, user_id)
        if not course_access.is_learning(enrolment) or enrolment is None:
            raise course_access.not_enrolled()
        if part_id not in parts.by_kind[kind]:
            raise NotFound("This is no part of the course.")
        is_new = part_id not in completed_ids(enrolment)
        try:
            _add(course, parts, enrolment, kind, part_id, events)
        except Conflict:
            continue
        return Completion(enrolment, percent(parts, completed_ids(enrolment)), is_repeated=not is_new)
    raise _too_busy()


def record(course_id: str, user_id: str, kind: PartKind, part_id: str) -> None:
    """Record a part that another domain tells of, also for somebody who left, and before or after it was asked for.

    Raises NotFound for a course that is gone; somebody who never was in the course has nothing to record in.
    """
    for _ in range(_TRIES):
        course, parts, enrolment = _read(course_id, user_id)
        if enrolment is None or part_id in completed_ids(enrolment):
            return
        try:
            _add(course, parts, enrolment, kind, part_id, ())
        except Conflict:
            continue
        settle(course_id, user_id)
        return
    raise _too_busy()


def judge_quiz(course_id: str, user_id: str, result: QuizResult) -> None:
    """Record what became of an attempt at a quiz, the latest revision of it whatever the order (EXAM R3).

    A quiz is completed while one attempt at it is passed. When the last one is not any more, it is not completed, nor
    is a course that asks for it. Raises NotFound for a course that is gone.
    """
    for _ in range(_TRIES):
        course, parts, enrolment = _read(course_id, user_id)
        if enrolment is None or not _take_result(enrolment, result):
            return
        events = _follow_results(parts, enrolment, result.quiz_id)
        try:
            Unit().replace(enrolment, *events, *complete_if_done(course, parts, enrolment)).commit()
        except Conflict:
            continue
        settle(course_id, user_id)
        return
    raise _too_busy()


def _take_result(enrolment: Enrolment, result: QuizResult) -> bool:
    """Note a result in an enrolment; False for one that a later revision has replaced, or that says nothing new."""
    of_quiz = enrolment.quiz_results.get(result.quiz_id, {})
    known = of_quiz.get(result.exam_id)
    if known["revision"] >= result.revision if known else result.revision == 1 and not result.is_passed:
        return False
    noted = {"revision": result.revision, "passed": result.is_passed}
    enrolment.quiz_results = {**enrolment.quiz_results, result.quiz_id: {**of_quiz, result.exam_id: noted}}
    return True


def _follow_results(parts: Parts, enrolment: Enrolment, quiz_id: str) -> list[Event]:
    """Complete a quiz or take that back, as its results say, and return what to tell of it."""
    done = set(enrolment.quizzes or ())
    if any(each["passed"] for each in enrolment.quiz_results[quiz_id].values()):
        if quiz_id not in done:
            enrolment.quizzes, enrolment.last_activity_at = {*done, quiz_id}, clock.now()
        return []
    enrolment.quizzes = (done - {quiz_id}) or None
    if quiz_id not in done or enrolment.completed_at is None or quiz_id not in counted(parts):
        return []
    enrolment.completed_at = None
    about = {"course_id": enrolment.course_id, "user_id": enrolment.user_id}
    return [CourseUncompleted(**about, revision=_next_revision(enrolment))]


def _next_revision(enrolment: Enrolment) -> int:
    """Number what is told of an enrolment that is about to be stored, later ones higher."""
    return int(enrolment.version) + 1


def settle(course_id: str, user_id: str, *, writes_anyway: bool = False) -> Enrolment | None:
    """Complete a course for a student who learns in it and has all that it asks for; return the enrolment.

    With `writes_anyway` the enrolment gets a new version in any case, so that what was read of it before is refused.
    """
    for _ in range(_TRIES):
        course, parts, enrolment = _read(course_id, user_id)
        if enrolment is None:
            return None
        completed = complete_if_done(course, parts, enrolment)
        if not completed and not writes_anyway:
            return enrolment
        try:
            Unit().replace(enrolment, *completed).commit()
        except Conflict:
            continue
        return enrolment
    raise _too_busy()


def settle_all(course_id: str, enrolments: Sequence[Enrolment]) -> None:
    """Settle those of a course's students who seem to have all that it asks for; raises NotFound when it is gone."""
    named: list[Entity] = [entity.at(course_id=course_id) for entity in (Course, CourseOutline, AssignmentIndex)]
    found, outline, index = batch_fetch(named, consistent=True)
    course, parts = course_access.existing(found), Parts.of(outline, index)
    for enrolment in enrolments:
        lacks_one = _lacks_one(parts, enrolment)
        if lacks_one or complete_if_done(course, parts, enrolment):
            settle(course_id, enrolment.user_id, writes_anyway=lacks_one)


def complete_if_done(course: Course, parts: Parts, enrolment: Enrolment) -> list[Event]:
    """Complete a course in an enrolment that is about to be stored, if it is time, and return what to tell of it."""
    is_learning = course_access.is_learning(enrolment)
    if not is_learning or enrolment.completed_at is not None or percent(parts, completed_ids(enrolment)) < 100:
        return []
    enrolment.completed_at = clock.now()
    about = {"course_id": enrolment.course_id, "user_id": enrolment.user_id, "title": course.title}
    return [CourseCompleted(**about, revision=_next_revision(enrolment))]


def _lacks_one(parts: Parts, enrolment: Enrolment) -> bool:
    is_open = course_access.is_learning(enrolment) and enrolment.completed_at is None
    return is_open and len(counted(parts) - completed_ids(enrolment)) == 1


def _too_busy() -> Conflict:
    return Conflict("Too much happens at once in this course. Please try again.", code="EDIT_CONFLICT")


def _read(course_id: str, user_id: str) -> tuple[Course, Parts, Enrolment | None]:
    named: list[Entity] = [entity.at(course_id=course_id) for entity in (Course, CourseOutline, AssignmentIndex)]
    named.append(Enrolment.at(course_id=course_id, user_id=user_id))
    found, outline, index, enrolment = batch_fetch(named, consistent=True)
    course = course_access.existing(found)
    return course, Parts.of(outline, index), enrolment if isinstance(enrolment, Enrolment) else None


def _add(
    course: Course, parts: Parts, enrolment: Enrolment, kind: PartKind, part_id: str, events: Sequence[Event]
) -> None:
    """Add a part, unless it is there, and complete the course if it was the last one."""
    if part_id in completed_ids(enrolment):
        return
    now = clock.now()
    setattr(enrolment, kind, {*(getattr(enrolment, kind) or ()), part_id})
    if kind == "lessons":
        enrolment.lesson_completions = {**enrolment.lesson_completions, part_id: clock.iso(now)}
    enrolment.last_activity_at = now
    Unit().replace(enrolment, *events, *complete_if_done(course, parts, enrolment)).commit()


def own(caller: Principal, course_id: str) -> ProgressView:
    """Show the caller's progress in a course (1 request); raises NotFound for somebody who never was in it."""
    mine: dict[str, Any] = {"course_id": course_id, "user_id": caller.user_id}
    named: list[Entity] = [
        Course.at(course_id=course_id),
        CourseOutline.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
    ]
    found, outline, index, enrolment, studied = batch_fetch([*named, Enrolment.at(**mine), StudyTime.at(**mine)])
    course_access.existing(found)
    if not isinstance(enrolment, Enrolment):
        raise NotFound("You are not enrolled in this course.")
    time = studied if isinstance(studied, StudyTime) else StudyTime(**mine)
    parts = Parts.of(outline, index)
    shown = summary(parts, enrolment, time.last_report_at)
    return ProgressView(
        **dict(shown),
        course_id=course_id,
        enrolled_at=enrolment.enrolled_at,
        completed_at=enrolment.completed_at,
        time_spent_seconds=time.total_seconds,
        time_by_lesson=[
            TimeSpent(lesson_id=lesson_id, seconds=spent) for lesson_id, spent in sorted(time.seconds_by_lesson.items())
        ],
        lesson_completions=lesson_completions(enrolment),
        estimated_seconds_left=_seconds_left(shown.lessons, int(time.total_seconds)),
        estimated_completion_at=_end(parts, enrolment, clock.now()),
    )


def lesson_completions(enrolment: Enrolment) -> list[LessonCompletion]:
    """List the lessons that were ever completed in the order of their times; those without a time come first."""
    times = {each: enrolment.lesson_completions.get(each) for each in enrolment.lessons or ()}
    return [
        LessonCompletion(lesson_id=lesson_id, completed_at=clock.parse(at) if at else None)
        for lesson_id, at in sorted(times.items(), key=lambda each: (each[1] or "", each[0]))
    ]


def _seconds_left(lessons: Tally, spent_seconds: int) -> int | None:
    """Take the mean time over completed lessons for each that is left."""
    if not lessons.completed or not spent_seconds:
        return None
    return round(spent_seconds / lessons.completed * (lessons.total - lessons.completed))


def _end(parts: Parts, enrolment: Enrolment, now: datetime) -> datetime | None:
    """Go on at the mean pace since enrolment: as long for each part that is left as for each one completed."""
    wanted = parts.required
    done = len(wanted & completed_ids(enrolment))
    if enrolment.completed_at or not done or enrolment.enrolled_at >= now:
        return None
    each: timedelta = (now - enrolment.enrolled_at) / done
    try:
        return now + each * (len(wanted) - done)
    except OverflowError:
        return None
