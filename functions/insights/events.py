"""Folds what happens into the figures of its day, each event once."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from lyceum.events.assignments import AssignmentSubmitted
from lyceum.events.auth import SessionContinued, SessionStarted
from lyceum.events.community import QuestionAnswered
from lyceum.events.content import ContentDownloaded
from lyceum.events.courses import CourseCompleted, CourseEnrolled, CourseLeft, LessonCompleted
from lyceum.events.exams import ExamCompleted
from lyceum.events.questions import QuestionApproved, QuestionSubmitted
from lyceum.events.users import UserRegistered
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.event import Event
from lyceum.kit.table import Unit
from lyceum.model.insights import CourseMonth, TierCount

from functions.insights import activity

consumer = Consumer("insights-events")
handler = consumer.handler
_FIRST_TIER = "free"

_COUNTED: dict[type[Event], str] = {
    QuestionSubmitted: "questions_submitted",
    ExamCompleted: "exams",
    AssignmentSubmitted: "submissions",
    ContentDownloaded: "downloads",
    QuestionAnswered: "answers",
}
"""Events of which a day keeps how many there were."""
InCourse = CourseEnrolled | CourseLeft | CourseCompleted | LessonCompleted
_OF_COURSES: dict[type[Event], str] = {
    CourseEnrolled: "enrolled",
    CourseLeft: "left",
    CourseCompleted: "completed",
    LessonCompleted: "lessons",
}
"""Events of which the course's month keeps so as well."""


@consumer.fold(SessionStarted)
def see_started(events: Sequence[SessionStarted], unit: Unit) -> None:
    """Count those who signed in as active."""
    activity.enter([(event.user_id, event.at) for event in events], unit)


@consumer.fold(SessionContinued)
def see_continued(events: Sequence[SessionContinued], unit: Unit) -> None:
    """Count those whose session went on as active."""
    activity.enter([(event.user_id, event.at) for event in events], unit)


@consumer.fold(UserRegistered)
def count_registered(events: Sequence[UserRegistered], unit: Unit) -> None:
    """Count new accounts, which begin without a plan that costs."""
    _count("registered", events, unit)
    changes = [TierCount.total.add(len(events)), TierCount.counted_at.set(clock.now())]
    unit.change(TierCount.at(tier=_FIRST_TIER), *changes, or_create=True)


@consumer.fold(QuestionApproved)
def count_approved(events: Sequence[QuestionApproved], unit: Unit) -> None:
    """Count questions that entered the bank, each once."""
    _count("questions_approved", [event for event in events if event.first_time], unit)


def count(events: Sequence[Event], unit: Unit) -> None:
    """Count what happened on its day."""
    _count(_COUNTED[type(events[0])], events, unit)


def count_in_course(events: Sequence[InCourse], unit: Unit) -> None:
    """Count what happened on its day and in the month of its course."""
    name = _OF_COURSES[type(events[0])]
    _count(name, events, unit)
    months = Counter((clock.iso(event.at)[:7], event.course_id) for event in events)
    for (month, course_id), times in months.items():
        attribute = getattr(CourseMonth, name)
        unit.change(CourseMonth.at(month=month, course_id=course_id), attribute.add(times), or_create=True)


def _count(name: str, events: Sequence[Event], unit: Unit) -> None:
    days: dict[str, int] = defaultdict(int)
    for event in events:
        days[clock.iso(event.at)[:10]] += 1
    for day, times in days.items():
        activity.add(unit, day, {name: times})


for _kind in _COUNTED:
    consumer.fold(_kind)(count)
for _kind in _OF_COURSES:
    consumer.fold(_kind)(count_in_course)
