"""Folds what happens into the figures of its day and into what is known of its users, each event once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from lyceum.events.assignments import AssignmentSubmitted
from lyceum.events.auth import SessionContinued, SessionStarted
from lyceum.events.community import QuestionAnswered
from lyceum.events.content import ContentDownloaded
from lyceum.events.courses import CourseCompleted, CourseEnrolled, CourseLeft, LessonCompleted
from lyceum.events.documents import DocumentRendered
from lyceum.events.exams import ExamCompleted
from lyceum.events.payments import LedgerPosted, PaymentConfirmed, RefundMade, SubscriptionRenewed
from lyceum.events.questions import QuestionApproved, QuestionSubmitted
from lyceum.events.users import UserRegistered, UserVerified
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.event import Event
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.kit.traffic.task import FoldCallers
from lyceum.model.insights.activity import CourseMonth, TierCount
from lyceum.rules.operating import live_figures
from lyceum.tasks.insights import TrainModels, WriteReport

from functions.insights import activity
from functions.insights.anomalies import watching
from functions.insights.experiments import counting
from functions.insights.exports import generating, scheduling, writing
from functions.insights.figures import money, payments
from functions.insights.figures.travellers import Travellers
from functions.insights.lake import raw
from functions.insights.models import training

consumer = Consumer("insights-events")
handler = consumer.handler
_FIRST_TIER = "free"
Reaction = Callable[[Any, Unit, Travellers], None]

_COUNTED: dict[type[Event], str] = {
    QuestionSubmitted: "questions_submitted",
    ExamCompleted: "exams",
    AssignmentSubmitted: "submissions",
    ContentDownloaded: "downloads",
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
_STEPS: dict[type[Event], str] = {
    UserRegistered: "registered",
    UserVerified: "verified",
    SessionStarted: "signed_in",
    CourseEnrolled: "enrolled",
    LessonCompleted: "studied",
    ExamCompleted: "studied",
    CourseCompleted: "completed",
}
"""Events by which users reach a step of the funnel."""
_REACHED: dict[type[Event], str] = {
    UserVerified: "verified",
    CourseEnrolled: "enrolled",
    LessonCompleted: "studied",
    ExamCompleted: "studied",
    CourseCompleted: "completed",
    CourseLeft: "left",
    PaymentConfirmed: "paid",
    SubscriptionRenewed: "paid",
    RefundMade: "refunded",
}
"""Events by which users reach a goal of an experiment, or hit a guardrail."""
Paying = PaymentConfirmed | SubscriptionRenewed | RefundMade


def see(events: Sequence[SessionStarted | SessionContinued], unit: Unit, _travellers: Travellers) -> None:
    """Count those whose session began or went on as active, and as shown what experiments compare."""
    happened = [(event.user_id, event.at) for event in events]
    activity.enter(happened, unit)
    counting.enter(happened, counting.EXPOSED, unit)
    live_figures.send("activity", {"sessions": len(events), "users": len({user_id for user_id, _ in happened})})


def count_registered(events: Sequence[UserRegistered], unit: Unit, _travellers: Travellers) -> None:
    """Count new accounts, which begin without a plan that costs."""
    _count("registered", events, unit)
    changes = [TierCount.total.add(len(events)), TierCount.counted_at.set(clock.now())]
    unit.change(TierCount.at(tier=_FIRST_TIER), *changes, or_create=True)


def count_approved(events: Sequence[QuestionApproved], unit: Unit, _travellers: Travellers) -> None:
    """Count questions that entered the bank, each once."""
    _count("questions_approved", [event for event in events if event.first_time], unit)


def count_answered(events: Sequence[QuestionAnswered], unit: Unit, _travellers: Travellers) -> None:
    """Count answers by day, and how long questions waited for their first one."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        counts = days[clock.iso(event.at)[:10]]
        counts["answers"] += 1
        if event.is_first and event.seconds is not None:
            counts.update(first_answers=1, answer_seconds=event.seconds)
    for day, counts in days.items():
        activity.add(unit, day, counts)


def count_booked(events: Sequence[LedgerPosted], unit: Unit, _travellers: Travellers) -> None:
    """Count what was booked by day."""
    money.count(events, unit)


@long_job(consumer, TrainModels)
def train_models(task: TrainModels, unit: Unit) -> Progress:
    """Count a page of users, and learn the models behind the last one."""
    return training.train_page(task, unit)


@long_job(consumer, WriteReport)
def write_report(task: WriteReport, unit: Unit) -> Progress:
    """Write the file of a report, and tell whoever waits for it."""
    if task.reference is not None:
        scheduling.tell(task.reference, unit)
    return writing.write(task)


@consumer.on(DocumentRendered)
def tell_of_report(event: DocumentRendered, unit: Unit) -> None:
    """Tell whoever waits for a report that its PDF is there."""
    if event.template == generating.TEMPLATE and event.reference is not None:
        scheduling.tell(event.reference, unit)


@consumer.fold(FoldCallers)
def watch_callers(told: Sequence[FoldCallers], unit: Unit) -> None:
    """Add up what busy addresses did, and warn or ban who is out of the ordinary."""
    watching.fold(told, unit)


def count_paying(events: Sequence[Paying], unit: Unit, travellers: Travellers) -> None:
    """Count what was paid and what went back by product, country and cohort."""
    if isinstance(events[0], RefundMade):
        payments.count_refunded([event for event in events if isinstance(event, RefundMade)], unit, travellers)
    else:
        paid = [event for event in events if not isinstance(event, RefundMade)]
        payments.count_paid(paid, unit, travellers)
        sums: Counter[str] = Counter()
        for event in paid:
            sums[event.currency] += event.amount_minor
        live_figures.send("sales", {"payments": len(paid), "amounts": dict(sums)})


def count(events: Sequence[Event], unit: Unit, _travellers: Travellers) -> None:
    """Count what happened on its day."""
    _count(_COUNTED[type(events[0])], events, unit)


def count_in_course(events: Sequence[InCourse], unit: Unit, _travellers: Travellers) -> None:
    """Count what happened on its day and in the month of its course."""
    name = _OF_COURSES[type(events[0])]
    _count(name, events, unit)
    months = Counter((clock.iso(event.at)[:7], event.course_id) for event in events)
    for (month, course_id), times in months.items():
        attribute = getattr(CourseMonth, name)
        unit.change(CourseMonth.at(month=month, course_id=course_id), attribute.add(times), or_create=True)


def try_out(events: Sequence[Any], unit: Unit, _travellers: Travellers) -> None:
    """Count what users reached in the experiments that they are in."""
    counting.enter([(event.user_id, event.at) for event in events], _REACHED[type(events[0])], unit)


def follow(events: Sequence[Any], _unit: Unit, travellers: Travellers) -> None:
    """Note which step of the funnel users reached, and which courses they entered."""
    for event in events:
        travellers.reach(event.user_id, _STEPS[type(event)], event.at)
        if isinstance(event, CourseEnrolled):
            travellers.enter(event.user_id, event.course_id)


def _count(name: str, events: Sequence[Event], unit: Unit) -> None:
    days: dict[str, int] = defaultdict(int)
    for event in events:
        days[clock.iso(event.at)[:10]] += 1
    for day, times in days.items():
        activity.add(unit, day, {name: times})


def _all_of(reactions: Sequence[Reaction]) -> Callable[[Any, Unit], None]:
    """Return what follows from a batch; its file of the lake is written beside the unit, and twice is the same."""

    def react(events: Sequence[Any], unit: Unit) -> None:
        travellers = Travellers.of(events)
        for reaction in reactions:
            reaction(events, unit, travellers)
        travellers.write(unit)
        raw.keep(events, travellers)

    return react


_REACTIONS: dict[type[Event], list[Reaction]] = {
    SessionStarted: [see],
    SessionContinued: [see],
    UserRegistered: [count_registered],
    PaymentConfirmed: [count_paying],
    SubscriptionRenewed: [count_paying],
    RefundMade: [count_paying],
    QuestionApproved: [count_approved],
    QuestionAnswered: [count_answered],
    LedgerPosted: [count_booked],
}
for _kind in _COUNTED:
    _REACTIONS[_kind] = [count]
for _kind in _OF_COURSES:
    _REACTIONS[_kind] = [count_in_course]
for _kind in _STEPS:
    _REACTIONS.setdefault(_kind, []).append(follow)
for _kind in _REACHED:
    _REACTIONS[_kind].append(try_out)
for _kind, _reactions in _REACTIONS.items():
    consumer.fold(_kind)(_all_of(_reactions))
