"""Each night: estimates the difficulty of questions anew, topic by topic, where there are new answers.

A topic is struck off its tenant's backlog when it is done, and only if nobody answered meanwhile; so a night that is
doubled, late or cut short leads to the same estimates.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.jobs.jobs import Jobs, Run
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, find, find_all
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import CalibrationBacklog, QuestionStatistics, ResponsePattern
from lyceum.rules.questions import seeded_order

from functions.questions import calibration
from functions.questions.calibration import Estimate, Slope

jobs = Jobs("questions")
handler = jobs.handler
_TOPIC_MILLISECONDS = 30_000
"""The time that the largest topic may take."""

_PATTERNS = 400
_FEWEST_ANSWERS = 30
_FARTHEST_SHOWN = 9.99
_MOST_PRODUCTS = 100_000
"""So that slopes take seconds: 250 candidates with 20 questions each."""
logger = Logger()


class CalibrationIncomplete(RuntimeError):
    """Some topics could not be calibrated; they stay in the backlog for the next night."""


@jobs.in_every_tenant("cron(0 2 * * ? *)")
def calibrate(run: Run) -> None:
    """Work through a tenant's topics as far as time allows; raises CalibrationIncomplete after all when one failed.

    Their order changes each day, so that none is always the last.
    """
    failed = 0
    backlog = {topic.topic_id: topic for topic in find_all(CalibrationBacklog)}
    for topic_id in seeded_order.shuffled(backlog, f"{clock.now():%Y-%m-%d}", "calibration"):
        if run.lambda_context.get_remaining_time_in_millis() < _TOPIC_MILLISECONDS:
            break
        try:
            _calibrate_topic(backlog[topic_id])
        except Exception:
            logger.exception("topic not calibrated", extra={"topic_id": topic_id})
            failed += 1
    if failed:
        raise CalibrationIncomplete(f"{failed} topics could not be calibrated")


def _calibrate_topic(topic: CalibrationBacklog) -> None:
    """Estimate one topic from its latest sessions, and strike it off."""
    patterns = find(ResponsePattern, topic_id=topic.topic_id, descending=True, limit=_PATTERNS).items
    answers = [pattern.answers for pattern in patterns]
    found, slopes = calibration.calibrate(answers), _slopes(answers)
    known = {name: each for name, each in found.questions.items() if each.sample_size >= _FEWEST_ANSWERS}
    questions = batch_fetch([Question.at(question_id=name) for name in known])
    for question in questions:
        if isinstance(question, Question):
            _keep(question, known[question.question_id], slopes.get(question.question_id), found.warnings)
    with suppress(ConditionFailed):  # there are new answers: it stays on the list
        Unit().remove(topic, when=CalibrationBacklog.version == topic.version).commit()


def _slopes(answers: Sequence[Mapping[str, int]]) -> dict[str, Slope]:
    """Estimate each question's own slope, where the answers tell it and not too many products are to be summed."""
    if sum(len(each) ** 2 for each in answers) > _MOST_PRODUCTS:
        return {}
    try:
        return calibration.calibrate_slopes(answers).questions
    except calibration.TooFewData:
        return {}


def _keep(question: Question, estimate: Estimate, slope: Slope | None, warnings: Sequence[str]) -> None:
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
        table.slope.set(f"{slope.discrimination:.4f}") if slope else table.slope.remove(),
        table.slope_error.set(f"{slope.standard_error:.4f}") if slope else table.slope_error.remove(),
        table.estimate_warnings.set(list(warnings)),
    ).commit()
