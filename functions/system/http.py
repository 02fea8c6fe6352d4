"""The system about itself: health, the status page, regions, caches and documentation."""

from typing import Annotated

from pydantic import StringConstraints

from lyceum.kit.http import PUBLIC, Answer, Api, Listing, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs import routes as long_jobs
from lyceum.rules.operating import status_page
from lyceum.rules.sessions import recheck

from functions.system import cache_statistics, console, documentation, regions
from functions.system.health import health
from functions.system.schemas import CacheQuery, CacheStatistics, Health, RegionHealth, RegionMetrics, StatusPage

_PAGE = "public, max-age=300"
Module = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,40}\.js$")]
api = Api("system", recheck=recheck)
handler = api.handler
long_jobs.serve(api)


@api.get("/api/health", access=PUBLIC)
def show_health() -> Health:
    """Say whether the product and what it leans on are working."""
    return health()


@api.get("/api/status", access=PUBLIC, cache_control="public, max-age=30")
def show_status() -> StatusPage:
    """Show the status page's data: components, ninety days, incidents."""
    return StatusPage.model_validate(status_page.page())


@api.get("/api/health/region/{region}", access=PUBLIC, cache_control="public, max-age=30")
def show_region_health(region: str) -> RegionHealth:
    """Show the health of a region: this one, or one on the board."""
    return regions.health_of(region)


@api.get("/api/metrics/regional", access=may(Permission.SEE_OPERATIONS))
def list_regional_metrics(query: Annotated[Listing, Query()]) -> Page[RegionMetrics]:
    """List the regions with how quickly and how reliably they answer."""
    return query.page(regions.metrics(query), lambda row: row)


@api.get("/api/cache/stats", access=may(Permission.SEE_OPERATIONS))
def show_cache_statistics(query: Annotated[CacheQuery, Query()]) -> CacheStatistics:
    """Show how often what functions keep was of use."""
    return cache_statistics.of_days(query.days)


@api.get("/openapi.json", access=PUBLIC, cache_control=_PAGE, raw="application/json")
def show_openapi() -> str:
    """Return this API's OpenAPI 3.1 document."""
    return documentation.openapi()


@api.get("/docs", access=PUBLIC, cache_control=_PAGE, raw="text/html; charset=utf-8")
def show_docs(answer: Answer) -> str:
    """Return a page on which the API can be read and tried."""
    page, policy = documentation.page()
    answer.headers["Content-Security-Policy"] = policy
    return page


@api.get("/console", access=PUBLIC, cache_control=_PAGE, raw="text/html; charset=utf-8")
def show_console(answer: Answer) -> str:
    """Return the page of those who run the deployment; what they see on it their rights decide."""
    answer.headers["Content-Security-Policy"] = console.policy()
    return console.page()


@api.get("/console/style.css", access=PUBLIC, cache_control=_PAGE, raw="text/css; charset=utf-8")
def show_console_style() -> str:
    """Return the console's style sheet."""
    return console.style()


@api.get("/console/modules/{module}", access=PUBLIC, cache_control=_PAGE, raw="text/javascript; charset=utf-8")
def show_console_module(module: Module) -> str:
    """Return one of the console's modules."""
    return console.module(module)
