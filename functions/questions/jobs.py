"""Each night: estimates the difficulty of questions anew, topic by topic, where there are new answers.

A topic is struck off its tenant's list when it is done, and only if nobody answered meanwhile; so a night that is
doubled, late or cut short leads to the same estimates.
"""

from contextlib import suppress
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context, ids
from lyceum.kit.jobs import tenants
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, find
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import CalibrationBacklog, QuestionStatistics, ResponsePattern
from lyceum.rules.questions import seeded_order

from functions.questions import calibration
from functions.questions.calibration import Estimate

_SPARE_MILLISECONDS = 30_000
_PATTERNS = 400
_FEWEST_ANSWERS = 30
_FARTHEST_SHOWN = 9.99
logger = Logger()


class CalibrationIncomplete(RuntimeError):
    """Some topics could not be done; they stay on the list for the next night."""


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Work through every tenant's topics as far as time allows; raises CalibrationIncomplete after all when one failed."""
    failed = 0
    for tenant in tenants.listed():
        with context.working(context.RequestContext(tenant=tenant.tenant_name, correlation_id=ids.new_id())):
            failed += _tenant(lambda_context)
    if failed:
        raise CalibrationIncomplete(f"{failed} topics could not be calibrated")


def _tenant(lambda_context: Any) -> int:
    """Work through a tenant's topics in an order that changes each day, so that none is always the last."""
    failed = 0
    topics = _listed()
    for name in seeded_order.shuffled(topics, f"{clock.now():%Y-%m-%d}", "calibration"):
        if lambda_context.get_remaining_time_in_millis() < _SPARE_MILLISECONDS:
            break
        try:
            _topic(topics[name])
        except Exception:
            logger.exception("topic not calibrated", extra={"topic_id": name})
            failed += 1
    return failed


def _listed() -> dict[str, CalibrationBacklog]:
    listed: dict[str, CalibrationBacklog] = {}
    after = None
    while True:
        found = find(CalibrationBacklog, after=after)
        listed |= {topic.topic_id: topic for topic in found.items}
        after = found.last_key
        if after is None:
            return listed


def _topic(topic: CalibrationBacklog) -> None:
    """Estimate one topic from its latest sessions, and strike it off."""
    patterns = find(ResponsePattern, topic_id=topic.topic_id, descending=True, limit=_PATTERNS).items
    found = calibration.calibrate([pattern.answers for pattern in patterns])
    known = {name: each for name, each in found.questions.items() if each.sample_size >= _FEWEST_ANSWERS}
    questions = batch_fetch([Question.at(question_id=name) for name in known])
    for question in questions:
        if isinstance(question, Question):
            _keep(question, known[question.question_id])
    with suppress(ConditionFailed):  # there are new answers: it stays on the list
        Unit().remove(topic, when=CalibrationBacklog.version == topic.version).commit()


def _keep(question: Question, estimate: Estimate) -> None:
    difficulty = max(-_FARTHEST_SHOWN, min(_FARTHEST_SHOWN, estimate.difficulty))
    proposed = calibration.proposal(question.difficulty, estimate)
    table = QuestionStatistics
    Unit().change(
        table.at(question_id=question.question_id),
        table.estimate.set(f"{difficulty:.4f}"),
        table.standard_error.set(f"{estimate.standard_error:.4f}"),
        table.sample_size.set(estimate.sample_size),
        table.estimated_at.set(clock.now()),
        table.proposed_difficulty.set(proposed) if proposed else table.proposed_difficulty.remove(),
    ).commit()
