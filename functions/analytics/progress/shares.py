"""From counters to what is shown: totals, intervals, goals. Pure."""

from math import sqrt

from lyceum.model.analytics.learners import DIFFICULTIES, OUTCOMES, TOTALS, LearnerFigures, TopicFigures
from lyceum.rules.learners.learner_days import Streak
from lyceum.rules.learners.learner_shares import mean, percent

from functions.analytics.figures.counting import Counts
from functions.analytics.progress.schemas.details import DifficultyFigures
from functions.analytics.progress.schemas.totals import Goal, StreakFigures, Totals

_Z = 1.959963984540054
"""Of the normal distribution, for 95 %."""


def wilson(right: float, count: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share in percent (Wilson 1927, *JASA* 22, 209-212); None of nothing."""
    if not count:
        return None
    share = right / count
    middle = share + _Z * _Z / (2 * count)
    spread = _Z * sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
    whole = 1 + _Z * _Z / count
    return round(100 * max(0.0, (middle - spread) / whole), 2), round(100 * min(1.0, (middle + spread) / whole), 2)


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
