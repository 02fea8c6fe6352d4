"""What mentors see: the questions that wait in their queue by subject, and what came of their answers."""

from collections import defaultdict
from datetime import datetime

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch, find
from lyceum.model.community.questions import HelpQuestion, MentorOffer
from lyceum.model.mentors import MentorFigures

from functions.analytics.classes.schemas import MentorDashboard, OpenSubject

_MOST_OPEN = 99
"""With the mentor's figures these are one request."""


def mentor(caller: Principal) -> MentorDashboard:
    """Return a mentor's dashboard (2 requests)."""
    offers = find(MentorOffer, mentor_id=caller.user_id, limit=_MOST_OPEN).items
    found = batch_fetch(
        [
            MentorFigures.at(user_id=caller.user_id),
            *(HelpQuestion.at(question_id=each.question_id) for each in offers),
        ]
    )
    figures = found[0] if isinstance(found[0], MentorFigures) else MentorFigures(user_id=caller.user_id)
    asked = [each for each in found[1:] if isinstance(each, HelpQuestion) and each.status == "open" and not each.held]
    answers, first = int(figures.answers), int(figures.first_answers)
    return MentorDashboard(
        user_id=caller.user_id,
        open_count=len(asked),
        open_questions=_by_subject(asked),
        answers=answers,
        first_answers=first,
        helpful_votes=int(figures.helpful),
        accepted_answers=int(figures.accepted),
        accepted_percent=round(100 * figures.accepted / answers, 2) if answers else None,
        helpful_per_answer=round(figures.helpful / answers, 2) if answers else None,
        mean_seconds_to_answer=int(figures.answer_seconds) // first if first else None,
        as_of=clock.now(),
    )


def _by_subject(asked: list[HelpQuestion]) -> list[OpenSubject]:
    subjects: dict[str, list[HelpQuestion]] = defaultdict(list)
    for each in asked:
        subjects[each.subject_key].append(each)
    rows = [
        OpenSubject(
            subject=questions[0].subject,
            count=len(questions),
            urgent=sum(each.urgency == "high" for each in questions),
            oldest_at=_oldest(questions),
        )
        for questions in subjects.values()
    ]
    return sorted(rows, key=lambda row: (-row.urgent, -row.count, row.subject))


def _oldest(questions: list[HelpQuestion]) -> datetime:
    return min(each.asked_at for each in questions)
