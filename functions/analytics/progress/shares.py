"""From counters to what is shown: shares, intervals, means. Pure."""

from fractions import Fraction
from math import sqrt
from typing import Any

from lyceum.kit.values.decimals import rounded
from lyceum.model.analytics.learners import DIFFICULTIES, OUTCOMES, TOTALS, LearnerFigures, TopicFigures
from lyceum.rules.learners.learner_days import Streak

from functions.analytics.figures.counting import Counts
from functions.analytics.figures.mastery import UNIT
from functions.analytics.progress.schemas import (
    DifficultyFigures,
    Goal,
    MasteryView,
    StreakFigures,
    TopicSummary,
    Totals,
)

WEAK, STRONG = 0.5, 0.85
"""Below the one a topic is weak, from the other on it is strong; between them it grows."""
FEWEST_ANSWERS = 3
"""With fewer nothing is said of a topic."""
_Z = 1.959963984540054
"""Of the normal distribution, for 95 %."""


def percent(part: float, whole: float) -> float | None:
    """Return a share of halves as a percentage; None of nothing."""
    return float(rounded(Fraction(int(2 * part), int(2 * whole)) * 100, 2)) if whole else None


def mean(total: float, count: float) -> float | None:
    """Return a mean of sums in hundredths; None of nothing."""
    return round(total / count / 100, 2) if count else None


def wilson(right: float, count: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share in percent (Wilson 1927, *JASA* 22, 209-212); None of nothing."""
    if not count:
        return None
    share = right / count
    middle = share + _Z * _Z / (2 * count)
    spread = _Z * sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
    whole = 1 + _Z * _Z / count
    return round(100 * max(0.0, (middle - spread) / whole), 2), round(100 * min(1.0, (middle + spread) / whole), 2)


def mastery_view(topic: TopicFigures) -> MasteryView:
    """Show how well a topic is mastered."""
    value, evidence = topic.mastery / UNIT, int(topic.observations)
    level = "weak" if value < WEAK else "strong" if value >= STRONG else "growing"
    return MasteryView(
        estimate=value,
        low=topic.mastery_low / UNIT,
        high=topic.mastery_high / UNIT,
        evidence=evidence,
        level=level if evidence >= FEWEST_ANSWERS else "unknown",
    )


def by_difficulty(topic: TopicFigures) -> list[DifficultyFigures]:
    """Show the questions of a topic by difficulty."""
    rows = []
    for name in DIFFICULTIES:
        right, partial, wrong, blank = (int(getattr(topic, f"{name}_{outcome}")) for outcome in OUTCOMES)
        count = right + partial + wrong + blank
        seconds = int(getattr(topic, f"{name}_seconds"))
        rows.append(
            DifficultyFigures(
                difficulty=name,
                questions=count,
                right=right,
                partly_right=partial,
                wrong=wrong,
                blank=blank,
                accuracy_percent=percent(right + partial / 2, right + partial + wrong),
                mean_seconds=round(seconds / count, 2) if count else None,
            )
        )
    return rows


def answered(topic: TopicFigures) -> tuple[float, int]:
    """Return the credit that answers of exams earned in a topic, a half for a partly right one, and their number."""
    rows = by_difficulty(topic)
    right = sum(row.right + row.partly_right / 2 for row in rows)
    return right, sum(row.right + row.partly_right + row.wrong for row in rows)


def summary_fields(topic: TopicFigures) -> dict[str, Any]:
    """Return what is shown of a topic in short."""
    right, count = answered(topic)
    return {
        "topic_id": topic.topic_id,
        "title": topic.title,
        "course_id": topic.course_id,
        "mastery": mastery_view(topic),
        "questions": count,
        "accuracy_percent": percent(right, count),
        "last_at": topic.last_at,
    }


def summary(topic: TopicFigures) -> TopicSummary:
    """Show a topic in short."""
    return TopicSummary(**summary_fields(topic))


def totals(figures: LearnerFigures) -> Totals:
    """Show everything that was ever counted of a learner."""
    count = {name: int(getattr(figures, name) or 0) for name in TOTALS}
    answers = count["right"] + count["partial"] + count["wrong"]
    return Totals(
        exams_taken=count["exams"],
        exams_passed=count["passed"],
        average_percent=mean(count["percent_sum"], count["exams"]),
        questions_answered=answers,
        questions_right=count["right"],
        questions_partly_right=count["partial"],
        questions_wrong=count["wrong"],
        questions_blank=count["blank"],
        accuracy_percent=percent(count["right"] + count["partial"] / 2, answers),
        reviews=count["reviews"],
        reviews_remembered=count["remembered"],
        study_seconds=count["study_seconds"],
        exam_seconds=count["exam_seconds"],
        study_sessions=count["sessions"],
        average_session_seconds=count["session_seconds"] // count["sessions"] if count["sessions"] else None,
        lessons_completed=count["lessons"],
        courses_enrolled=max(0, count["enrolments"]),
        courses_completed=count["courses_completed"],
        assignments_graded=count["assignments"],
        assignments_average_percent=mean(count["assignment_percent_sum"], count["assignments"]),
    )


def streak_figures(streak: Streak) -> StreakFigures:
    """Show a streak."""
    return StreakFigures(
        current=streak.current,
        longest=streak.longest,
        freeze_days=streak.freeze_days,
        is_today_counted=streak.is_today_counted,
        last_active_on=streak.last_active_on,
    )


def goal(questions: int, minutes: int, done: Counts) -> Goal:
    """Say how much of a goal is done; it is met by its questions or by its minutes, whichever comes first."""
    answered_count, studied = done["questions"] + done["reviews"], done["seconds"] // 60
    share = max(answered_count / questions, studied / minutes if minutes else 0.0)
    return Goal(
        questions_goal=questions,
        questions_done=answered_count,
        minutes_goal=minutes,
        minutes_done=studied,
        percent=round(100 * min(1.0, share), 2),
        is_met=share >= 1,
    )
