"""The system about itself: health and documentation."""

from lyceum.kit.http import PUBLIC, Answer, Api
from lyceum.kit.long_jobs import routes as long_jobs

from functions.system import documentation
from functions.system.health import health
from functions.system.schemas import Health

api = Api("system")
handler = api.handler
long_jobs.serve(api)


@api.get("/api/health", access=PUBLIC)
def show_health() -> Health:
    """Say whether the product and what it leans on are working."""
    return health()


@api.get("/openapi.json", access=PUBLIC, cache_control="public, max-age=300", raw="application/json")
def show_openapi() -> str:
    """Return this API's OpenAPI 3.1 document."""
    return documentation.openapi()


@api.get("/docs", access=PUBLIC, cache_control="public, max-age=300", raw="text/html; charset=utf-8")
def show_docs(answer: Answer) -> str:
    """Return a page on which the API can be read and tried."""
    page, policy = documentation.page()
    answer.headers["Content-Security-Policy"] = policy
    return page
