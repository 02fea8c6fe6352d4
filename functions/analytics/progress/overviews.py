"""A learner at a glance, over the last days, and in a period up to today."""

from datetime import date, timedelta

from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.kit.values import time_zones
from lyceum.model.analytics.learners import FigureEntry, LearnerFigures
from lyceum.rules.learners import learner_readers, learner_standing, topic_mastery
from lyceum.rules.learners.learner_shares import mean, percent

from functions.analytics.figures.counting import Counts
from functions.analytics.progress import advice, reading, shares
from functions.analytics.progress.reading import Book
from functions.analytics.progress.schemas.overviews import (
    Activity,
    Change,
    ProgressAnalytics,
    StudentDashboard,
    Trends,
    UserAnalytics,
    WeekSums,
)
from functions.analytics.progress.schemas.totals import DAYS, CourseCounts, DayFigures, Goal, Period, Span, Sums

_ONE = timedelta(days=1)
_SHOWN = 5
_RECENT = 20
_QUARTER = 3


def dashboard(caller: Principal, user_id: str) -> UserAnalytics:
    """Return a learner at a glance (2 requests, for a guardian 4); raises NotFound."""
    learner_readers.admit(caller, user_id)
    book, topics = reading.open_book(user_id, 7), topic_mastery.topics(user_id)
    numbers = learner_standing.numbers(book.learner, book.figures, book.now, book.user.time_zone)
    return UserAnalytics(
        **learner_standing.standing_fields(numbers, topics),
        user_id=user_id,
        totals=shares.totals(book.figures),
        streak=shares.streak_figures(book.streak),
        today=today_goal(book),
        weekly_goal=weekly_goal(book),
        as_of=book.now,
    )


def student_home(caller: Principal) -> StudentDashboard:
    """Return the caller's home (2 requests)."""
    book, topics = reading.open_book(caller.user_id, 7), topic_mastery.topics(caller.user_id)
    exams = [
        {"planId": plan_id, "courseId": plan["course_id"], "date": plan["target_on"]}
        for plan_id, plan in book.learner.plans.items()
        if plan["target_on"] >= book.today.isoformat()
    ]
    return StudentDashboard(
        user_id=caller.user_id,
        totals=shares.totals(book.figures),
        streak=shares.streak_figures(book.streak),
        today=today_goal(book),
        weekly_goal=weekly_goal(book),
        days=[day_figures(book, day) for day in reading.days(book.today - 6 * _ONE, book.today)],
        courses=course_counts(book.figures),
        next_exams=sorted(exams, key=lambda exam: (exam["date"], exam["planId"])),
        weaknesses=[topic_mastery.summary(topic) for topic in topic_mastery.weaknesses(topics)],
        recommendations=advice.recommend(book, topics)[:_SHOWN],
        as_of=book.now,
    )


def today_goal(book: Book) -> Goal:
    """Return how much of today's goal is done."""
    questions, minutes, _ = book.goals()
    return shares.goal(questions, minutes, book.day(book.today))


def weekly_goal(book: Book) -> Goal:
    """Return how much of this week's goal is done; weeks begin on Monday."""
    questions, _, week_minutes = book.goals()
    monday = book.today - book.today.weekday() * _ONE
    return shares.goal(7 * questions, week_minutes, book.sums(monday, book.today))


def course_counts(figures: LearnerFigures) -> CourseCounts:
    """Return in how many courses a learner is, and how many they completed."""
    enrolled, completed = max(0, int(figures.enrolments)), int(figures.courses_completed)
    return CourseCounts(enrolled=enrolled, completed=completed, in_progress=max(0, enrolled - completed))


def day_figures(book: Book, day: date) -> DayFigures:
    """Show a local day."""
    shown = _sums(book.sums(day, day))
    return DayFigures(date=day, **shown.model_dump(exclude={"active_days"}))


def _sums(counts: Counts) -> Sums:
    return Sums(
        seconds=counts["seconds"],
        active_days=counts["active_days"],
        questions=counts["questions"],
        right=counts["right"],
        accuracy_percent=percent(counts["right"] + counts["partial"] / 2, counts["questions"]),
        exams=counts["exams"],
        average_percent=mean(counts["percent_sum"], counts["exams"]),
        reviews=counts["reviews"],
        reviews_remembered=counts["remembered"],
        lessons=counts["lessons"],
    )


def trends(caller: Principal, user_id: str, span: Span) -> Trends:
    """Return the last days and how they differ from those before (1 request, for a guardian 3); raises NotFound."""
    learner_readers.admit(caller, user_id)
    count = DAYS[span]
    book = reading.open_book(user_id, 2 * count)
    first = book.today - (count - 1) * _ONE
    total = _sums(book.sums(first, book.today))
    before = _sums(book.sums(first - count * _ONE, first - _ONE))
    return Trends(
        user_id=user_id,
        period=span,
        days=[day_figures(book, day) for day in reading.days(first, book.today)],
        total=total,
        before=before,
        change=Change(
            seconds=total.seconds - before.seconds,
            questions=total.questions - before.questions,
            accuracy_points=_points(total.accuracy_percent, before.accuracy_percent),
            average_points=_points(total.average_percent, before.average_percent),
        ),
        as_of=book.now,
    )


def _points(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else round(now - before, 2)


def begins(period: Period, today: date) -> date:
    """Return the first day of the week, month, quarter or year that a day is in."""
    if period == "week":
        return today - today.weekday() * _ONE
    month = {"month": today.month, "quarter": today.month - (today.month - 1) % _QUARTER, "year": 1}[period]
    return date(today.year, month, 1)


def progress(caller: Principal, user_id: str, period: Period) -> ProgressAnalytics:
    """Return a learner in a period, up to today (2 requests, for a guardian 4); raises NotFound."""
    learner_readers.admit(caller, user_id)
    book = reading.open_book(user_id, 366)
    first = begins(period, book.today)
    all_days = list(reading.days(first, book.today))
    log = find(FigureEntry, index="gsi1", user_id=user_id, limit=_RECENT, descending=True).items
    return ProgressAnalytics(
        user_id=user_id,
        period=period,
        from_date=first,
        to_date=book.today,
        study_time=_sums(book.sums(first, book.today)),
        courses=course_counts(book.figures),
        performance=shares.totals(book.figures),
        streak=shares.streak_figures(book.streak),
        weekly_goal=weekly_goal(book),
        weekly_progress=_weeks(book, all_days),
        days=[day_figures(book, day) for day in all_days],
        recent_activity=[_activity(entry) for entry in log if entry.totals],
        as_of=book.now,
    )


def _weeks(book: Book, all_days: list[date]) -> list[WeekSums]:
    rows: dict[str, list[date]] = {}
    for day in all_days:
        rows.setdefault(time_zones.week(day), []).append(day)
    shown = []
    for name, its_days in rows.items():
        sums = _sums(book.sums(its_days[0], its_days[-1]))
        shown.append(
            WeekSums(week=name, seconds=sums.seconds, questions=sums.questions, accuracy_percent=sums.accuracy_percent)
        )
    return shown


def _activity(entry: FigureEntry) -> Activity:
    seconds = entry.totals.get("study_seconds") or entry.totals.get("exam_seconds")
    return Activity(
        kind=entry.cause,
        id=entry.cause_id,
        at=entry.happened_at,
        title=entry.title,
        course_id=entry.course_id,
        percent=None if entry.percent is None else round(float(entry.percent), 2),
        seconds=seconds,
    )
