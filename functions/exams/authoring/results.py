"""How an assessment was done: its distribution of scores, its items, its attempts.

All comes from counters and lists, in two requests.
"""

from lyceum.kit.http.pages import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch, fetch_partition
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.statistics import ItemStatistics, ScoreDistribution

from functions.exams.attempts import attempt_list
from functions.exams.authoring import assessments
from functions.exams.authoring.schemas.results import (
    AnalyticsView,
    AttemptView,
    Distribution,
    ItemStatisticsView,
    ResultsView,
)
from functions.exams.statistics import analysis


def analytics(caller: Principal, assessment_id: str, modes: frozenset[str]) -> AnalyticsView:
    """Return distribution and item analysis of what is the caller's own (2 storage requests); raises NotFound."""
    assessments.require_mine(caller, Assessment.require(assessment_id=assessment_id), modes)
    counted = fetch_partition(ScoreDistribution, assessment_id=assessment_id)
    distribution = next((item for item in counted if isinstance(item, ScoreDistribution)), None)
    items = [_item(item) for item in counted if isinstance(item, ItemStatistics)]
    return AnalyticsView(assessment_id=assessment_id, distribution=_distribution(distribution), items=items)


def results(caller: Principal, assessment_id: str, listing: Listing, modes: frozenset[str]) -> ResultsView:
    """Return a page of attempts at what is the caller's own, with statistics of all of them.

    Costs 2 storage requests, another of a course's quiz, and another for each part of a spread list that ends on it.

    Raises NotFound.
    """
    names = [Assessment.at(assessment_id=assessment_id), ScoreDistribution.at(assessment_id=assessment_id)]
    assessment, distribution = batch_fetch(names)
    assessments.require_mine(
        caller, assessment if isinstance(assessment, Assessment) else Assessment(mode="", state="deleted"), modes
    )
    parts = int(assessment.parts) if isinstance(assessment, Assessment) else 1
    found = attempt_list.read_page(assessment_id, parts, listing.limit, listing.start_key())
    page = listing.page(found, AttemptView.model_validate)
    shown = _distribution(distribution if isinstance(distribution, ScoreDistribution) else None)
    return ResultsView(
        assessment_id=assessment_id, distribution=shown, results=page.items, next_cursor=page.pagination.next_cursor
    )


def _distribution(counted: ScoreDistribution | None) -> Distribution:
    counted = counted or ScoreDistribution()
    takers, attempts = analysis.takers(counted), int(counted.attempts)
    return Distribution(
        attempts=attempts,
        passed=int(counted.passed),
        mean_percent=analysis.mean(counted.percent_sum, attempts, analysis.PERCENT_UNIT, places=2),
        standard_deviation=analysis.deviation(
            counted.percent_sum, counted.percent_squares, attempts, analysis.PERCENT_UNIT, places=2
        ),
        takers=int(counted.taker_count),
        median_percent=analysis.median(takers),
        in_tens=analysis.in_tens(takers),
    )


def _item(item: ItemStatistics) -> ItemStatisticsView:
    attempts = int(item.attempts)
    counts = {name: int(getattr(item, name)) for name in ("attempts", "right", "partial", "wrong", "blank")}
    return ItemStatisticsView(
        question_id=item.question_id,
        **counts,
        facility=analysis.mean(item.item_sum, attempts, analysis.UNIT),
        discrimination=analysis.discrimination(item),
        mean_time_spent_seconds=analysis.mean(item.time_spent_seconds, attempts, 1, places=2),
    )
