"""Resets what was counted of somebody's learning; results, grades, points and what is due for review stay."""

from lyceum.events.users import UserStatisticsReset
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Entity, Unit, find_all, remove_many
from lyceum.model.exams.statistics import Performance
from lyceum.model.questions.statistics import QuestionHistory, SolvedQuestions
from lyceum.model.study.learners import DailyTotals, Learner

COUNTED: tuple[type[Entity], ...] = (Performance, QuestionHistory, SolvedQuestions, DailyTotals)
"""Kinds that are counters of one user, found by the user's id."""


def reset(user_id: str, unit: Unit) -> None:
    """Remove the counters and end the streak; done again it does the same."""
    for kind in COUNTED:
        remove_many(list(find_all(kind, user_id=user_id)))
    learner = Learner.fetch(user_id=user_id, consistent=True)
    if learner is not None:
        unit.change(learner, Learner.runs.set([]), Learner.bridged.set([]))
    send(unit, UserStatisticsReset(user_id=user_id))
