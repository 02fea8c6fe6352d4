"""The next questions for a student: what is read for the choice, and the reasons that go with it."""

from collections.abc import Sequence
from datetime import datetime

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch, find, find_whole
from lyceum.messages.spoken import percent, say
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionHistory, QuestionStatistics
from lyceum.rules.adaptive.ability import Ability, Item, chance, estimate, item_of
from lyceum.rules.adaptive.selection import Candidate, Chosen, choose
from lyceum.rules.questions import topic_sampler

from functions.ai.adaptive.schemas import AbilityView, NextQuestions, Recommendation, RecommendedQuestion

METHOD = "2pl-eap-1"
_MOST_KNOWN = 200
_MOST_HISTORY = 300
_LOOKED_AT = 60
_MOST_TOPICS = 3
_DAY_SECONDS = 86_400
_FEWEST_SHOWN = 30
_UNSURE = 0.6


def recommend(caller: Principal, wanted: NextQuestions) -> Recommendation:
    """Choose the next questions by what the student answered so far (3 storage requests).

    Only questions of the bank that no exam keeps secret come; the same student gets the same choice within an hour.
    Where exams say too little, the bank is read too (1 request more of a topic, 4 of a course). Raises NotFound.
    """
    known = _known(wanted)
    histories = {each.question_id: each for each in _history(caller.user_id, wanted.topic_id)}
    questions = _approved(known, histories, wanted)
    items = {each.question_id: _item(each, questions.get(each.question_id)) for each in known}
    answered = [(items[name], _part(each)) for name, each in histories.items() if name in items and _judged(each)]
    ability = estimate(answered)
    now = clock.now()
    candidates = _candidates(questions, known, items, histories, now)
    seed = f"{caller.user_id}#{now:%Y-%m-%dT%H}"
    chosen = choose(candidates, ability.estimate, wanted.count, seed)
    return Recommendation(
        ability=AbilityView(
            estimate=round(ability.estimate, 3), standard_error=round(ability.error, 3), answers=ability.answers
        ),
        method=METHOD,
        questions=[_view(each, questions[each.candidate.question_id], ability) for each in chosen],
    )


def _known(wanted: NextQuestions) -> list[QuestionStatistics]:
    """Read the questions that were answered in exams, those that are missed most first."""
    if wanted.topic_id:
        return find(QuestionStatistics, index="gsi1", topic_id=wanted.topic_id, limit=_MOST_KNOWN).items
    return find(QuestionStatistics, index="gsi2", course_id=wanted.course_id, limit=_MOST_KNOWN).items


def _history(user_id: str, topic_id: str | None) -> list[QuestionHistory]:
    if topic_id:
        return find(QuestionHistory, user_id=user_id, topic_id=topic_id, limit=_MOST_HISTORY).items
    return find(QuestionHistory, user_id=user_id, limit=_MOST_HISTORY).items


def _approved(
    known: Sequence[QuestionStatistics], histories: dict[str, QuestionHistory], wanted: NextQuestions
) -> dict[str, Question]:
    """Read the questions that may come; where too few of them were answered in exams, some of the bank too."""
    fresh = sorted(known, key=lambda each: (each.question_id in histories, each.question_id))[:_LOOKED_AT]
    found = batch_fetch([Question.at(question_id=each.question_id) for each in fresh]) if fresh else []
    fitting = _fitting(found)
    return fitting if len(fitting.keys() - histories.keys()) >= wanted.count else _fitting(_of_bank(wanted)) | fitting


def _fitting(found: Sequence[object]) -> dict[str, Question]:
    now = clock.now()
    return {
        each.question_id: each
        for each in found
        if isinstance(each, Question) and each.status == "approved" and not topic_sampler.is_embargoed(each, now)
    }


def _of_bank(wanted: NextQuestions) -> list[Question]:
    """Read questions of the bank (1 request a topic, of a course 1 more); raises NotFound for what there is not."""
    if wanted.topic_id:
        questions = find(Question, index="gsi1", topic_id=wanted.topic_id, limit=_LOOKED_AT).items
        if not questions:
            Topic.require(topic_id=wanted.topic_id)
        return questions
    topics = [each for each in find_whole(Topic, index="gsi1", course_id=wanted.course_id) if each.question_count]
    if not topics:
        Course.require(course_id=wanted.course_id)
    some = sorted(topics, key=lambda each: -int(each.question_count))[:_MOST_TOPICS]
    share = _LOOKED_AT // max(len(some), 1)
    return [each for topic in some for each in find(Question, index="gsi1", topic_id=topic.topic_id, limit=share).items]


def _item(statistics: QuestionStatistics, question: Question | None) -> Item:
    return item_of(
        statistics.estimate,
        statistics.slope,
        int(statistics.attempts),
        int(statistics.credit_sum),
        question.difficulty if question else None,
    )


def _judged(history: QuestionHistory) -> bool:
    return bool(history.right + history.partial + history.wrong)


def _part(history: QuestionHistory) -> float:
    """Return which part of the answers to a question was right, as one answer."""
    total = int(history.right) + int(history.partial) + int(history.wrong)
    return (int(history.right) + int(history.partial) / 2) / total


def _candidates(
    questions: dict[str, Question],
    known: Sequence[QuestionStatistics],
    items: dict[str, Item],
    histories: dict[str, QuestionHistory],
    now: datetime,
) -> list[Candidate]:
    attempts = {each.question_id: int(each.attempts) for each in known}
    shown = sum(attempts.values())
    found = []
    for name, question in questions.items():
        met = histories.get(name)
        days = (now - met.last_at).total_seconds() / _DAY_SECONDS if met and met.last_at else None
        found.append(
            Candidate(
                name,
                question.topic_id,
                items.get(name) or item_of(None, None, 0, 0, question.difficulty),
                days,
                bool(met and met.right and not met.wrong),
                attempts.get(name, 0) / shown if shown >= _FEWEST_SHOWN and len(attempts) > 1 else 0.0,
            )
        )
    return found


def _view(chosen: Chosen, question: Question, ability: Ability) -> RecommendedQuestion:
    likely = chance(chosen.candidate.item, ability.estimate)
    return RecommendedQuestion(
        **question.content,
        question_id=question.question_id,
        topic_id=question.topic_id,
        type=question.type,
        stem=question.stem,
        difficulty=question.difficulty,
        marks=question.marks,
        expected_chance=round(likely, 3),
        information=round(chosen.information, 3),
        coverage=round(chosen.coverage, 3),
        spacing=round(chosen.spacing, 3),
        reasons=_reasons(chosen, likely, ability),
    )


def _reasons(chosen: Chosen, likely: float, ability: Ability) -> list[str]:
    first = say("reason.tells_most") if ability.error > _UNSURE else say("reason.fits", share=percent(likely))
    days = chosen.candidate.days_since
    if days is None:
        second = say("reason.not_met")
    elif chosen.candidate.was_right:
        second = say("reason.right_before", days=round(days))
    else:
        second = say("reason.missed_before", days=round(days))
    return [first, second]
