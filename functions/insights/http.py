"""Insights over HTTP."""

from typing import Annotated

from lyceum.kit.http import SELF, Api, Caller, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.rules.sessions import recheck

from functions.insights import overview, reports
from functions.insights.anomalies import banning
from functions.insights.anomalies import showing as traffic
from functions.insights.anomalies.schemas import Anomalies, AnomaliesQuery, BanView, LiftQuery
from functions.insights.experiments import running
from functions.insights.experiments.schemas import CreateExperiment, ExperimentResults, ExperimentView
from functions.insights.exports import generating, scheduling
from functions.insights.exports.schemas import GenerateReport, ReportScheduleView, ReportsQuery, ReportView
from functions.insights.figures import cohorts, sales, trends
from functions.insights.figures.schemas import (
    Cohorts,
    CohortsQuery,
    CountriesQuery,
    Funnel,
    FunnelQuery,
    Geography,
    ProductRow,
    ProductsQuery,
    Revenue,
    RevenueQuery,
    RevenueTrend,
    Trend,
    TrendQuery,
)
from functions.insights.models import predictions, showing, suggesting, training, training_rows
from functions.insights.models.schemas import (
    Basket,
    BasketQuery,
    Behaviour,
    Churn,
    Lifetime,
    Prediction,
    PredictionQuery,
    Suggestions,
    TrainingQuery,
    TrainingRow,
)
from functions.insights.schemas import (
    Activity,
    DaysQuery,
    Overview,
    PopularCourse,
    PopularQuery,
    QuestionsCreated,
    Retention,
    RetentionQuery,
    UsersByTier,
)

api = Api("insights", recheck=recheck)
handler = api.handler

_SEE = may(Permission.SEE_INSIGHTS)


@api.get("/api/admin/analytics", access=_SEE)
def show_overview() -> Overview:
    """Show the platform at a glance."""
    return overview.show()


@api.get("/api/admin/analytics/users", access=_SEE)
def show_users_by_tier() -> UsersByTier:
    """Show how many users there are, by tier and role."""
    return reports.users()


@api.get("/api/admin/analytics/activity", access=_SEE)
def show_active_users(query: Annotated[DaysQuery, Query()]) -> Activity:
    """Show active users a day, a week and a month."""
    return reports.activity(query)


@api.get("/api/admin/analytics/questions", access=_SEE)
def show_questions_created(query: Annotated[DaysQuery, Query()]) -> QuestionsCreated:
    """Show questions created a day."""
    return reports.questions(query)


@api.get("/api/admin/analytics/retention", access=_SEE)
def show_retention(query: Annotated[RetentionQuery, Query()]) -> Retention:
    """Show how many users come back, by the week or month of their first day."""
    return reports.retention(query)


@api.get("/api/admin/analytics/popular-courses", access=_SEE)
def list_popular_courses(query: Annotated[PopularQuery, Query()]) -> Page[PopularCourse]:
    """List courses by their students, the most first."""
    return reports.popular(query)


@api.get("/api/admin/analytics/revenue", access=_SEE)
def show_revenue_trend(query: Annotated[DaysQuery, Query()]) -> RevenueTrend:
    """Show how revenue goes: by day, and against the days before."""
    return sales.trend(query)


api.alias("GET", "/api/analytics/users/retention", of="/api/admin/analytics/retention")


@api.get("/api/analytics/sales/revenue", access=_SEE)
def show_revenue(query: Annotated[RevenueQuery, Query()]) -> Revenue:
    """Show revenue by day, week, month or product, in each currency."""
    return sales.revenue(query)


@api.get("/api/analytics/products/performance", access=_SEE)
def list_product_figures(query: Annotated[ProductsQuery, Query()]) -> Page[ProductRow]:
    """List how products did in a month."""
    return sales.products(query)


@api.get("/api/analytics/conversion/funnel", access=_SEE)
def show_funnel(query: Annotated[FunnelQuery, Query()]) -> Funnel:
    """Show how far users came, from the registration to a completed course."""
    return cohorts.funnel(query)


@api.get("/api/analytics/geographic/distribution", access=_SEE)
def show_countries(query: Annotated[CountriesQuery, Query()]) -> Geography:
    """Show payments by country."""
    return sales.geography(query)


@api.get("/api/analytics/cohorts", access=_SEE)
def show_cohorts(query: Annotated[CohortsQuery, Query()]) -> Cohorts:
    """Show cohorts by month of registration: how far they came, and what they paid."""
    return cohorts.cohorts(query)


@api.get("/api/analytics/basket", access=_SEE)
def show_basket(query: Annotated[BasketQuery, Query()]) -> Basket:
    """Show what is bought or studied together: support, confidence and lift."""
    return showing.basket(query)


@api.get("/api/analytics/lifetime-value", access=_SEE)
def show_lifetime_value() -> Lifetime:
    """Show what buyers will yet buy, and for how much."""
    return showing.lifetime_value()


@api.get("/api/analytics/churn", access=_SEE)
def show_churn() -> Churn:
    """Show who will not come back, by when they were last there and how often."""
    return showing.leaving()


@api.get("/api/analytics/predictions/{userId}", access=may(Permission.GRADE_WORK))
def show_prediction(caller: Caller, user_id: str, query: Annotated[PredictionQuery, Query()]) -> Prediction:
    """Show how likely a learner passes the next exam, how sure that is, and what speaks for and against."""
    return predictions.predict(caller, user_id, query)


@api.get("/api/ml/training-data", access=_SEE)
def list_training_rows(query: Annotated[TrainingQuery, Query()]) -> Page[TrainingRow]:
    """List rows to learn from: what users have, how they behave, or how requests are answered."""
    return training_rows.page(query)


@api.post("/api/ml/retrain", access=_SEE, status=202, limit="4/hour", idempotent=True)
def start_training(caller: Caller) -> JobView:
    """Start learning the tenant's models anew; the job says how far it is."""
    return view(training.start(caller))


@api.get("/api/ml/recommendations/{userId}", access=SELF)
def list_learned_suggestions(user_id: str) -> Suggestions:
    """List courses and products that go with what one has."""
    return suggesting.suggestions(user_id)


@api.get("/api/ml/user-behavior/{userId}", access=_SEE)
def show_behaviour(user_id: str) -> Behaviour:
    """Show a user's figures of behaviour, the kind that they belong to, and the risk that they leave."""
    return showing.behaviour_of(user_id)


@api.get("/api/ml/trend-analysis", access=_SEE)
def show_trend(query: Annotated[TrendQuery, Query()]) -> Trend:
    """Show where sales or activity go: level, slope, week and a forecast with bounds."""
    return trends.show(query)


@api.post("/api/analytics/ab-tests", access=_SEE, status=201, limit="30/hour", idempotent=True, refuses=(409,))
def create_experiment(caller: Caller, body: CreateExperiment) -> ExperimentView:
    """Create an experiment, which begins at once; users are parted by a stable hash."""
    return running.view(running.create(caller, body))


@api.get("/api/analytics/ab-tests/{testId}/results", access=_SEE)
def show_experiment_results(test_id: str) -> ExperimentResults:
    """Show what came of an experiment: effects, bounds and p-values that hold whenever one looks."""
    return running.results(test_id)


@api.post("/api/analytics/reports/generate", access=_SEE, status=202, limit="60/hour", idempotent=True)
def generate_insight_report(caller: Caller, body: GenerateReport) -> ReportView:
    """Generate a report of this moment's figures as CSV, XLSX or PDF; `every` has it come again."""
    return scheduling.start(caller, body)


@api.get("/api/analytics/reports", access=_SEE)
def list_insight_reports(query: Annotated[ReportsQuery, Query()]) -> Page[ReportView]:
    """List the reports of the last thirty days, the newest first."""
    return generating.listed(query)


@api.get("/api/analytics/reports/schedules", access=_SEE)
def list_report_schedules(query: Annotated[ReportsQuery, Query()]) -> Page[ReportScheduleView]:
    """List the reports that come again, the newest first."""
    return scheduling.listed(query)


@api.delete("/api/analytics/reports/schedules/{scheduleId}", access=_SEE, limit="60/hour")
def cancel_report_schedule(caller: Caller, schedule_id: str) -> ReportScheduleView:
    """Stop a report from coming again; those that were written stay."""
    return scheduling.stop(caller, schedule_id)


@api.get("/api/analytics/reports/{reportId}", access=_SEE)
def show_insight_report(report_id: str) -> ReportView:
    """Show how far a report is, and where its file is."""
    return generating.show(report_id)


@api.get("/api/admin/anomalies", access=may(Permission.SEE_OPERATIONS))
def show_anomalies(query: Annotated[AnomaliesQuery, Query()]) -> Anomalies:
    """Show busy addresses by how far they are from the others, and which are warned or refused."""
    return traffic.show(query)


@api.delete("/api/admin/bans/{address}", access=may(Permission.RUN_OPERATIONS), limit="60/hour")
def lift_ban(caller: Caller, address: str, query: Annotated[LiftQuery, Query()]) -> BanView:
    """Lift the ban of an address, within half a minute everywhere; `allow` keeps it open for a while."""
    return traffic.ban(banning.lift(caller, address, is_allowed=query.allow))
