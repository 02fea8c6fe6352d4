"""Adaptive practice: a pool of questions drawn by lot, of which the most telling one comes after each answer.

The pool and what is known of its questions are fixed at the start, so a session's choices follow from its answers. From
400 questions on, each is met by a fifth of all at most: a pool holds 80 of them by lot.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.table import batch_fetch, find
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.rules.adaptive.ability import Ability, Item, estimate, item_of
from lyceum.rules.adaptive.selection import MOST_ITEMS, Candidate, next_of
from lyceum.rules.questions import topic_sampler

from functions.exams.adaptive.schemas import AdaptiveView
from functions.exams.attempts.schemas import StartExam
from functions.exams.attempts.spec import AttemptSpec, scope_of_choice
from functions.exams.papers.paper import arranged

MODE = "adaptive"
POOL = 80
FEWEST = 10
_READ_AT_MOST = 200
_JUDGED_BY_KEY = frozenset(
    {"single", "multiple", "true_false", "numeric", "short_text", "matching", "ordering", "cloze"}
)
_PLACES = 3


def own_choice(wanted: StartExam) -> AttemptSpec:
    """Specify an adaptive session of topics (the draw and 1 request); raises RuleViolation NOT_ENOUGH_QUESTIONS."""
    seed, topic_ids = ids.new_secret(24), wanted.topic_ids or []
    questions = {each.question_id: each for each in _pool(topic_ids, seed, wanted.difficulty)}
    if len(questions) < FEWEST:
        raise rule_violation("NOT_ENOUGH_QUESTIONS", f"An adaptive exam takes {FEWEST} questions or more.")
    found = batch_fetch([QuestionStatistics.at(question_id=name) for name in questions])
    known = {each.question_id: each for each in found if isinstance(each, QuestionStatistics)}
    pool = [_row(each, known.get(each.question_id)) for each in questions.values()]
    policy: dict[str, Any] = wanted.model_dump(
        mode="json", exclude={"mode", "topic_ids", "question_ids", "assessment_id", "count", "access_code"}
    )
    policy |= {"navigation": "forward_only", "adaptive": {"pool": pool, "is_complete": False}}
    first = next_of(candidates_of(pool), estimate([]), seed, Counter(), sorted({row[1] for row in pool}))
    chosen = [questions[first.question_id]] if first else []
    return AttemptSpec(
        mode=MODE,
        scope=scope_of_choice(MODE, topic_ids),
        policy=policy,
        seed=seed,
        entries=arranged(chosen, seed, policy),
        topic_ids=topic_ids,
        limit_seconds=wanted.duration_seconds,
    )


def _pool(topic_ids: list[str], seed: str, difficulty: str | None) -> list[Question]:
    """Draw a pool by lot, or take all that there is where that is less; no passages, enemies or what people mark."""
    try:
        found = topic_sampler.draw(topic_ids, POOL, seed, difficulty)
    except RuleViolation:
        share = max(1, _READ_AT_MOST // max(1, len(topic_ids)))
        found = [each for name in topic_ids for each in find(Question, index="gsi1", topic_id=name, limit=share).items]
    fitting = [each for each in found if is_askable(each) and difficulty in (None, each.difficulty)]
    return topic_sampler.without_exclusions(fitting)[:POOL]


def is_askable(question: Question) -> bool:
    """Say whether a question may be asked next: it is in the bank and no secret, stands alone, and has a key."""
    is_open = question.status == "approved" and not topic_sampler.is_embargoed(question, clock.now())
    return is_open and question.passage_id is None and question.type in _JUDGED_BY_KEY


def _row(question: Question, known: QuestionStatistics | None) -> list[Any]:
    item = item_of(
        known.estimate if known else None,
        known.slope if known else None,
        int(known.attempts) if known else 0,
        int(known.credit_sum) if known else 0,
        question.difficulty,
    )
    return [question.question_id, question.topic_id, round(item.slope, _PLACES), round(item.difficulty, _PLACES)]


def candidates_of(pool: Sequence[Sequence[Any]]) -> list[Candidate]:
    """Read a pool as it is kept in a session's rules."""
    return [Candidate(str(name), str(topic), Item(float(slope), float(hard))) for name, topic, slope, hard in pool]


def ability_of(pool: Sequence[Candidate], parts: dict[str, float]) -> Ability:
    """Estimate ability from the part of each answered question that was right."""
    return estimate([(each.item, parts[each.question_id]) for each in pool if each.question_id in parts])


def view(session: ExamSession) -> AdaptiveView | None:
    """Show how far an adaptive session is; the estimate once it is complete."""
    known = session.policy.get("adaptive")
    if known is None:
        return None
    told = {name: known.get(name) for name in ("standard_error", "ability")}
    asked = int(session.question_count)
    return AdaptiveView.model_validate(
        {**told, "asked": asked, "most": MOST_ITEMS, "is_complete": known["is_complete"]}
    )
