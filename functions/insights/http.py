"""Insights over HTTP."""

from typing import Annotated

from lyceum.kit.http import Api, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.insights import overview, reports
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
