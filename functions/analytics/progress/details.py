"""A learner topic by topic, question by question and course by course."""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, fetch_many, find
from lyceum.model.analytics.learners import TopicFigures
from lyceum.model.assignments import AssignmentIndex, GradeSheet
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.questions.statistics import QuestionHistory
from lyceum.rules.courses import course_parts
from lyceum.rules.courses.counted_grades import counted
from lyceum.rules.courses.course_parts import PartKind, Parts
from lyceum.rules.learners import learner_readers, topic_mastery
from lyceum.rules.learners.learner_shares import percent

from functions.analytics.progress import advice, reading, shares
from functions.analytics.progress.schemas.advice import AreaQuery, Recommendations, WeakAreas
from functions.analytics.progress.schemas.details import (
    CourseProgress,
    CourseProgressQuery,
    QuestionFigures,
    QuestionQuery,
    Tally,
    TopicAnalytics,
)


def topic(caller: Principal, user_id: str, topic_id: str) -> TopicAnalytics:
    """Return a learner in one topic (1 request; for a teacher 2, for a guardian 4).

    Raises NotFound; a topic in which nothing was done is answered with nothing.
    """
    figures, known = fetch_many(TopicFigures.at(user_id=user_id, topic_id=topic_id), Topic.at(topic_id=topic_id))
    learner_readers.admit(caller, user_id, known.course_id if known else None)
    if figures is None and known is None:
        raise NotFound("There is no such topic.")
    shown = figures or TopicFigures(user_id=user_id, topic_id=topic_id)
    if known is not None:
        shown.title, shown.course_id = known.title, known.course_id
    right, count = topic_mastery.answered(shown)
    low, high = shares.wilson(right, count) or (None, None)
    return TopicAnalytics(
        user_id=user_id,
        topic_id=topic_id,
        title=shown.title,
        course_id=shown.course_id,
        mastery=topic_mastery.mastery_view(shown),
        questions=count,
        accuracy_percent=percent(right, count),
        accuracy_low=low,
        accuracy_high=high,
        by_difficulty=shares.by_difficulty(shown),
        reviews=int(shown.reviews),
        reviews_remembered=int(shown.remembered),
        study_seconds=int(shown.study_seconds),
        last_at=shown.last_at,
        as_of=clock.now(),
    )


def weak_areas(caller: Principal, user_id: str, query: AreaQuery) -> WeakAreas:
    """Return a learner's topics to improve (1 request; for a teacher 2, for a guardian 3); raises NotFound."""
    learner_readers.admit(caller, user_id, query.course_id)
    topics = [each for each in topic_mastery.topics(user_id) if query.course_id in {None, each.course_id}]
    return WeakAreas(user_id=user_id, topics=advice.weak_areas(topics, query.limit), as_of=clock.now())


def recommendations(caller: Principal, user_id: str) -> Recommendations:
    """Return what a learner had best do next (2 requests, for a guardian 4); raises NotFound."""
    learner_readers.admit(caller, user_id)
    book = reading.open_book(user_id, 7)
    found = advice.recommend(book, topic_mastery.topics(user_id))
    return Recommendations(user_id=user_id, recommendations=found, as_of=book.now)


def questions(caller: Principal, user_id: str, query: QuestionQuery) -> Slice[QuestionHistory]:
    """Return a page of the questions that a learner met (1 request, for a guardian 3); raises NotFound."""
    learner_readers.admit(caller, user_id)
    within: dict[str, Any] = {} if query.topic_id is None else {"topic_id": query.topic_id}
    return find(QuestionHistory, user_id=user_id, limit=query.limit, after=query.start_key(), **within)


def question_figures(history: QuestionHistory) -> QuestionFigures:
    """Show how a learner met a question."""
    met = int(history.met)
    return QuestionFigures(
        question_id=history.question_id,
        topic_id=history.topic_id,
        attempts=met,
        right=int(history.right),
        partly_right=int(history.partial),
        wrong=int(history.wrong),
        blank=int(history.blank),
        total_seconds=int(history.seconds),
        average_seconds=round(history.seconds / met, 2) if met else None,
        last_at=history.last_at,
        last_exam_id=history.last_exam_id,
        as_of=clock.now(),
    )


def courses(caller: Principal, user_id: str, query: CourseProgressQuery) -> Slice[CourseProgress]:
    """Return a page of a learner's courses (2 requests; for a teacher 3, for a guardian 4); raises NotFound."""
    learner_readers.admit(caller, user_id, query.course_id)
    within: dict[str, Any] = {} if query.course_id is None else {"course_id": query.course_id}
    found = find(Enrolment, index="gsi1", user_id=user_id, limit=query.limit, after=query.start_key(), **within)
    return Slice(course_rows(user_id, found.items), found.last_key)


def course_rows(user_id: str, enrolments: list[Enrolment]) -> list[CourseProgress]:
    """Return how far a learner is in courses (1 request for 20); deleted ones where they completed them."""
    named: list[Entity] = []
    for each in enrolments:
        course: dict[str, Any] = {"course_id": each.course_id}
        named += [Course.at(**course), CourseOutline.at(**course), AssignmentIndex.at(**course)]
        named += [StudyTime.at(**course, user_id=user_id), GradeSheet.at(**course, user_id=user_id)]
    found = batch_fetch(named)
    rows = []
    for number, enrolment in enumerate(enrolments):
        known, outline, index, studied, grades = found[5 * number : 5 * number + 5]
        if isinstance(known, Course) and (known.status != "deleted" or enrolment.completed_at):
            rows.append(_course(enrolment, known, (outline, index), studied, grades))
    return rows


def _course(
    enrolment: Enrolment,
    course: Course,
    about: tuple[Entity | None, Entity | None],
    studied: Entity | None,
    grades: Entity | None,
) -> CourseProgress:
    outline, index = about
    parts = Parts.of(outline, index)
    done = course_parts.completed_ids(enrolment)

    def tally(kind: PartKind) -> Tally:
        return Tally(completed=len(done.intersection(parts.by_kind[kind])), total=len(parts.by_kind[kind]))

    status = "completed" if enrolment.completed_at else "left" if enrolment.state == "left" else "active"
    return CourseProgress(
        user_id=enrolment.user_id,
        course_id=course.course_id,
        title=course.title,
        code=course.code or None,
        status=status,
        progress_percent=course_parts.percent(parts, done),
        lessons=tally("lessons"),
        assignments=tally("assignments"),
        quizzes=tally("quizzes"),
        completed_lesson_ids=[lesson for lesson in parts.by_kind["lessons"] if lesson in done],
        average_percent=average_grade(grades, index, outline),
        time_spent_seconds=int(studied.total_seconds) if isinstance(studied, StudyTime) else 0,
        enrolled_at=enrolment.enrolled_at,
        last_activity_at=enrolment.last_activity_at,
        completed_at=enrolment.completed_at,
        as_of=clock.now(),
    )


def average_grade(sheet: Entity | None, index: Entity | None, outline: Entity | None) -> float | None:
    """Return the mean of a student's released grades in percent, each counted alike; None while there is none.

    Those of what was taken out of the course count no more.
    """
    entries = counted(sheet.entries, index, outline).values() if isinstance(sheet, GradeSheet) else []
    percents = [
        100 * float(each["points"]) / float(each["max_points"]) for each in entries if float(each["max_points"])
    ]
    return round(sum(percents) / len(percents), 2) if percents else None
