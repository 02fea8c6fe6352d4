"""How soon questions are answered: of each subject, and of each mentor. Counted from events."""

from collections import Counter
from collections.abc import Sequence

from lyceum.events.community import AnswerAccepted, AnswerFoundHelpful, QuestionAnswered, QuestionAsked
from lyceum.kit.table import Unit
from lyceum.model.community.questions import SubjectFigures
from lyceum.model.mentors import MentorFigures

BOUNDS = (("under_15m", 15 * 60), ("under_hour", 3600), ("under_4h", 4 * 3600), ("under_day", 24 * 3600))
_LAST = ("over_day", 48 * 3600)
_LEAST = 5
"""First answers of a subject, before anything is told of it."""


def typical_minutes(figures: SubjectFigures | None) -> int | None:
    """Return the minutes in which half of a subject's questions got their first answer, by the bounds counted.

    It is the upper bound of the span that the middle one lies in; None while there are fewer than five.
    """
    if figures is None or figures.answered < _LEAST:
        return None
    seen, middle = 0, int(figures.answered) / 2
    for name, seconds in (*BOUNDS, _LAST):
        seen += int(getattr(figures, name))
        if seen >= middle:
            return seconds // 60
    return _LAST[1] // 60


def count_asked(events: Sequence[QuestionAsked], unit: Unit) -> None:
    """Count questions by subject."""
    names = {event.subject_key: event.subject for event in events}
    for key, times in Counter(event.subject_key for event in events).items():
        entry = SubjectFigures.at(subject_key=key)
        unit.change(entry, SubjectFigures.asked.add(times), SubjectFigures.subject.set(names[key]), or_create=True)


def count_answer(event: QuestionAnswered, unit: Unit) -> None:
    """Count an answer: of its mentor, and, when it is the question's first, how long it took."""
    seconds = int(event.seconds or 0)
    actions = [MentorFigures.answers.add(1)]
    if event.is_first:
        actions += [MentorFigures.first_answers.add(1), MentorFigures.answer_seconds.add(seconds)]
    unit.change(MentorFigures.at(user_id=event.answerer_id), *actions, or_create=True)
    if event.is_first and event.subject_key:
        span = next((name for name, bound in BOUNDS if seconds < bound), _LAST[0])
        counted = [SubjectFigures.answered.add(1), SubjectFigures.seconds.add(seconds)]
        counted.append(getattr(SubjectFigures, span).add(1))
        unit.change(SubjectFigures.at(subject_key=event.subject_key), *counted, or_create=True)


def count_helpful(events: Sequence[AnswerFoundHelpful], unit: Unit) -> None:
    """Count helpful votes of mentors."""
    for user_id, times in Counter(event.author_id for event in events).items():
        unit.change(MentorFigures.at(user_id=user_id), MentorFigures.helpful.add(times), or_create=True)


def count_accepted(events: Sequence[AnswerAccepted], unit: Unit) -> None:
    """Count accepted answers of mentors."""
    changes: Counter[str] = Counter()
    for event in events:
        changes[event.author_id] += event.change
    for user_id, change in changes.items():
        if change:
            unit.change(MentorFigures.at(user_id=user_id), MentorFigures.accepted.add(change), or_create=True)
