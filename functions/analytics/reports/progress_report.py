"""What a progress report says: a table for each kind of thing, in the learner's language. Four requests."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.table import find
from lyceum.messages import appearance
from lyceum.messages.catalogue import language_of, words
from lyceum.model.analytics.learners import TopicFigures
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.learners import topic_mastery
from lyceum.rules.learners.topic_mastery import TopicSummary
from lyceum.typeset import charts

from functions.analytics.progress import details, overviews, reading, shares
from functions.analytics.progress.reading import Book
from functions.analytics.progress.schemas.details import CourseProgress
from functions.analytics.progress.schemas.totals import DEFINITION, DayFigures, Period, StreakFigures, Totals

_COURSES = 20
Cell = str | float | int | date | None
COLUMNS: dict[str, tuple[str, ...]] = {
    "days": ("date", "minutes", "questions", "right", "accuracy", "exams", "average", "reviews", "lessons"),
    "topics": ("topic", "mastery", "low", "high", "evidence", "questions", "accuracy"),
    "courses": ("course", "status", "progress", "lessons", "assignments", "quizzes", "average", "minutes"),
    "questions": ("question", "topic", "attempts", "right", "partly", "wrong", "blank", "seconds", "last"),
}
"""The columns of each table, by the names that their words have."""


@frozen
class ProgressReport:
    """Everything that a report shows."""

    learner: str
    language: str
    color: str
    period: Period
    first: date
    last: date
    as_of: datetime
    totals: Totals
    streak: StreakFigures
    days: list[DayFigures]
    topics: list[TopicSummary]
    courses: list[CourseProgress]

    def word(self, key: str, **values: object) -> str:
        """Return words of reports in the learner's language."""
        return words(self.language, f"report.progress.{key}", values)

    def header(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return [self.word(f"column.{name}") for name in COLUMNS[table]]

    def rows(self, table: str) -> list[list[Cell]]:
        """Return the rows of a table."""
        return {"days": self._days, "topics": self._topics, "courses": self._courses}[table]()

    def _days(self) -> list[list[Cell]]:
        return [
            [
                day.date,
                round(day.seconds / 60, 1),
                day.questions,
                day.right,
                day.accuracy_percent,
                day.exams,
                day.average_percent,
                day.reviews,
                day.lessons,
            ]
            for day in self.days
        ]

    def _topics(self) -> list[list[Cell]]:
        return [
            [
                topic.title or topic.topic_id,
                round(topic.mastery.estimate, 4),
                round(topic.mastery.low, 4),
                round(topic.mastery.high, 4),
                topic.mastery.evidence,
                topic.questions,
                topic.accuracy_percent,
            ]
            for topic in self.topics
        ]

    def _courses(self) -> list[list[Cell]]:
        return [
            [
                course.title,
                self.word(f"status.{course.status}"),
                course.progress_percent,
                *(f"{tally.completed}/{tally.total}" for tally in (course.lessons, course.assignments, course.quizzes)),
                course.average_percent,
                round(course.time_spent_seconds / 60),
            ]
            for course in self.courses
        ]

    def summary(self) -> list[tuple[str, Cell]]:
        """Return the figures that stand above the tables."""
        totals = self.totals
        named: list[tuple[str, Cell]] = [
            ("minutes", round(sum(day.seconds for day in self.days) / 60)),
            ("questions", sum(day.questions for day in self.days)),
            ("accuracy", _accuracy(self.days)),
            ("streak", self.streak.current),
            ("exams", totals.exams_taken),
            ("average", totals.average_percent),
            ("longest", self.streak.longest),
            ("lessons", totals.lessons_completed),
        ]
        return [(self.word(f"summary.{name}"), value) for name, value in named]

    def footer(self) -> str:
        """Say as of when the report is, and by which definitions."""
        return self.word("footer", at=f"{self.as_of:%Y-%m-%d %H:%M}", version=DEFINITION)


def _accuracy(days: Sequence[DayFigures]) -> float | None:
    rated = [(day.accuracy_percent, day.questions) for day in days if day.accuracy_percent is not None]
    count = sum(questions for _, questions in rated)
    return round(sum(percent * questions for percent, questions in rated) / count, 2) if count else None


def read(user_id: str, period: Period) -> ProgressReport:
    """Read a learner's report (4 requests); raises NotFound."""
    book, topics = reading.open_book(user_id, 366), topic_mastery.topics(user_id)
    enrolments = find(Enrolment, index="gsi1", user_id=user_id, limit=_COURSES).items
    return made(book, topics, details.course_rows(user_id, enrolments), period)


def made(book: Book, topics: Sequence[TopicFigures], courses: list[CourseProgress], period: Period) -> ProgressReport:
    """Make a report of what was read."""
    first = overviews.begins(period, book.today)
    shown = sorted((topic for topic in topics if topic.observations), key=lambda topic: (topic.mastery, topic.topic_id))
    return ProgressReport(
        learner=f"{book.user.first_name} {book.user.last_name}",
        language=language_of(book.user.language),
        color=appearance.current().colour,
        period=period,
        first=first,
        last=book.today,
        as_of=book.now,
        totals=shares.totals(book.figures),
        streak=shares.streak_figures(book.streak),
        days=[overviews.day_figures(book, day) for day in reading.days(first, book.today)],
        topics=[topic_mastery.summary(topic) for topic in shown],
        courses=courses,
    )


def document(report: ProgressReport) -> dict[str, Any]:
    """Return the data of the template `progress`."""
    return {
        "title": report.word("title"),
        "learner": report.learner,
        "language": report.language,
        "color": report.color,
        "period": report.word("period", first=report.first.isoformat(), last=report.last.isoformat()),
        "footer": report.footer(),
        "asOf": clock.iso(report.as_of),
        "tiles": [{"label": label, "value": _shown(value)} for label, value in report.summary()],
        "charts": _charts(report),
        "tables": [_topic_table(report), _course_table(report)],
    }


def _shown(value: Cell) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _charts(report: ProgressReport) -> list[dict[str, str]]:
    groups = _grouped(report.days)
    labels = [label for label, _ in groups]
    minutes = [round(sum(day.seconds for day in days) / 60, 1) for _, days in groups]
    accuracy = [_accuracy(days) for _, days in groups]
    return [
        {"title": report.word("chart.minutes"), "svg": charts.bars(labels, minutes)},
        {"title": report.word("chart.accuracy"), "svg": charts.lines(labels, accuracy, most=100)},
    ]


def _grouped(days: Sequence[DayFigures]) -> list[tuple[str, list[DayFigures]]]:
    """Return the days one by one, or by week where they are many."""
    if len(days) <= 31:
        return [(f"{day.date:%d.%m.}", [day]) for day in days]
    weeks: dict[str, list[DayFigures]] = {}
    for day in days:
        weeks.setdefault(f"{day.date:%G-W%V}"[5:], []).append(day)
    return list(weeks.items())


def _topic_table(report: ProgressReport) -> dict[str, Any]:
    names = ("topic", "mastery", "mastery", "evidence", "questions", "accuracy")
    header = [report.word(f"column.{name}") for name in names]
    header[1] = ""
    rows = [
        [
            topic.title or topic.topic_id,
            {"share": topic.mastery.estimate, "low": topic.mastery.low, "high": topic.mastery.high},
            f"{topic.mastery.estimate:.0%}",
            str(topic.mastery.evidence),
            str(topic.questions),
            _shown(topic.accuracy_percent),
        ]
        for topic in report.topics
    ]
    return {
        "title": report.word("table.topics"),
        "empty": report.word("empty"),
        "widths": [1, 0, 0, 0, 0, 0],
        "right": [2, 3, 4, 5],
        "header": header,
        "rows": rows,
    }


def _course_table(report: ProgressReport) -> dict[str, Any]:
    return {
        "title": report.word("table.courses"),
        "empty": report.word("empty"),
        "widths": [1, 0, 0, 0, 0, 0, 0, 0],
        "right": [2, 3, 4, 5, 6, 7],
        "header": report.header("courses"),
        "rows": [[_shown(cell) for cell in row] for row in report.rows("courses")],
    }
